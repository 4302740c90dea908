import { existsSync } from 'node:fs';
import type { Config } from '../../src/config.ts';
import { openMasterKey } from '../../src/store/data-keys.ts';
import { openSigningKey } from '../../src/transport/access-tokens.ts';
import { type Finding, fail, ok } from './finding.ts';
import { reasonOf } from './unreachable.ts';

/** The files of secrets, where they are already: the first start makes what is missing. */
export async function keys({ tokenKeyFile, dataKeyFile }: Config): Promise<readonly Finding[]> {
  return [
    await keyFile('key of access tokens', 'TOKEN_KEY_FILE', tokenKeyFile, openSigningKey),
    await keyFile('key of personal data', 'DATA_KEY_FILE', dataKeyFile, openMasterKey),
  ];
}

async function keyFile(
  name: string,
  variable: string,
  file: string,
  open: (file: string) => Promise<unknown>,
): Promise<Finding> {
  if (!existsSync(file)) return ok(name, `${file} is made at the first start`);
  try {
    await open(file);
    return ok(name, file);
  } catch (cause) {
    return fail(name, reasonOf(cause), `restore it, or correct ${variable}`);
  }
}
