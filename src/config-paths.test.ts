import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from './config.ts';
import { withVariable } from './config-paths.ts';
import { openMasterKey } from './store/data-keys.ts';
import { openPglite } from './store/pglite.ts';
import { openSigningKey } from './transport/access-tokens.ts';

describe('a start that fails because of a path', () => {
  let home: string;
  let file: string;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'ingressou-paths-'));
    file = path.join(home, 'a-file');
    await writeFile(file, '');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const under = (name: string) => path.join(file, name);
  const elsewhere = () => path.join(home, 'var');

  it.each([
    ['DATA_DIRECTORY', 'the database', () => openPglite(under('pglite'))],
    ['DATA_DIRECTORY', 'a key in it', () => openMasterKey(under('keys/data.key'))],
  ])('names %s when %s has no room there', async (name, _what, open) => {
    const paths = {
      dataDirectory: file,
      tokenKeyFile: under('keys/access-token.pem'),
      dataKeyFile: under('keys/data.key'),
    };
    await expectNamed(name, open, paths);
  });

  it.each([
    ['TOKEN_KEY_FILE', () => openSigningKey(under('token.pem'))],
    ['DATA_KEY_FILE', () => openMasterKey(under('data.key'))],
  ])('names %s when that leads nowhere', async (name, open) => {
    const tokenKeyFile = name === 'TOKEN_KEY_FILE' ? under('token.pem') : elsewhere();
    const dataKeyFile = name === 'DATA_KEY_FILE' ? under('data.key') : elsewhere();
    await expectNamed(name, open, { dataDirectory: elsewhere(), tokenKeyFile, dataKeyFile });
  });

  it('leaves every other failure as it is', async () => {
    const paths = {
      dataDirectory: elsewhere(),
      tokenKeyFile: elsewhere(),
      dataKeyFile: elsewhere(),
    };
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', path: elsewhere() });
    const others = Object.assign(new Error('gone'), { code: 'ENOENT', path: '/nowhere/else' });
    for (const failure of [full, others, new Error('away'), 'text']) {
      expect(withVariable(failure, paths)).toBe(failure);
    }
  });

  async function expectNamed(
    name: string,
    open: () => Promise<unknown>,
    paths: Parameters<typeof withVariable>[1],
  ): Promise<void> {
    const failure = await open().catch((cause: unknown) => cause);
    const told = withVariable(failure, paths);
    expect(told).toBeInstanceOf(ConfigError);
    expect(String(told)).toContain(`  ${name}: E`);
    expect(String(told)).toContain(file);
  }
});
