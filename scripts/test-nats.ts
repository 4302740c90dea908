import { mayInstall } from './debian-packages.ts';
import { greetNats } from './nats-greeting.ts';
import { startNats } from './private-nats.ts';
import { type Environment, openServer, type TestServer } from './test-server.ts';

/** A NATS. It keeps nothing, so a prefix of one's own is all the distance that tests need. */
export async function openTestNats(
  environment: Environment,
  standardUrl = 'nats://127.0.0.1:4222',
): Promise<TestServer> {
  return await openServer({
    environment,
    variable: 'TEST_NATS_URL',
    standardUrl,
    check: async (url) => void (await greetNats(url)),
    start: () => startNats({ mayInstall: mayInstall(environment) }),
  });
}
