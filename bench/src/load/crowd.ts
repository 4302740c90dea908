import { AccessTokens, newSubject, openSigningKey } from '../../../src/transport/access-tokens.ts';
import { frameOf, typeOfAnswer } from './frames.ts';
import { LiveSocket, SocketError } from './live-socket.ts';
import type { Plan } from './plan.ts';

/** Sockets that are being opened at a time: the server's queue of connections holds 512. */
const openingMax = 100;
const tokenMs = 60 * 60 * 1000;
const welcomeMs = 10_000;

/** Opens all sockets of a plan and has each of them welcomed. @throws {SocketError} */
export async function openCrowd(
  { port, sockets, tokenKeyFile }: Plan,
  onConnected: (sockets: number) => void,
): Promise<LiveSocket[]> {
  const tokens =
    tokenKeyFile === undefined ? undefined : new AccessTokens(await openSigningKey(tokenKeyFile));
  const crowd: LiveSocket[] = [];
  let begun = 0;
  const openInTurn = async (): Promise<void> => {
    while (begun < sockets) {
      begun += 1;
      const socket = await LiveSocket.open(port);
      if (tokens !== undefined) await introduce(socket, tokens);
      crowd.push(socket);
      onConnected(crowd.length);
    }
  };
  await Promise.all(Array.from({ length: openingMax }, openInTurn));
  return crowd;
}

/** Says `hello` as a buyer of its own and waits for `welcome`. */
async function introduce(socket: LiveSocket, tokens: AccessTokens): Promise<void> {
  const token = await tokens.sign(newSubject(), 'CLIENTE', Date.now(), tokenMs);
  socket.token = token;
  await new Promise<void>((welcomed, refused) => {
    const fail = (why: string) => refused(new SocketError(`A buyer was not welcomed: ${why}.`));
    const timer = setTimeout(() => fail(`no answer in ${welcomeMs} ms`), welcomeMs);
    socket.onLost = fail;
    socket.onMessage = (bytes, begin) => {
      clearTimeout(timer);
      const type = typeOfAnswer(bytes, begin);
      if (type === 'welcome') welcomed();
      else fail(`the server said ${type}`);
    };
    socket.write(frameOf({ type: 'hello', token }));
  });
}
