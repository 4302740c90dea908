import { type CommandId, encode, LIVE_PATH, SUBPROTOCOLS } from '@ingressou/protocol';
import { loadUws } from '../../../src/transport/uws.ts';
import { ProgramError, serveParent } from '../program.ts';
import { cpuMs, type FromServer, type ToServer } from './messages.ts';

/**
 * The least a WebSocket server can do: it answers each frame with one of the size of `accepted`,
 * and neither reads, decides nor keeps anything. Nothing behind the same sockets can be faster.
 */
const parent = serveParent<ToServer, FromServer>((message, { tell }) => {
  if (message.type !== 'read_cpu') throw new ProgramError('An echo server has no shows.');
  tell({ type: 'cpu', ms: cpuMs() });
});

const re = '01890000-0000-7000-8000-000000000000' as CommandId;
const accepted = encode({ type: 'accepted', re, expiresAt: Date.now() }, 'msgpack');
// A copy: the encoder's buffer is shared.
const answer = Buffer.from(accepted);

const { uws, build } = loadUws();
const app = uws.App();
app.ws(LIVE_PATH, {
  compression: uws.DISABLED,
  upgrade(res, req, context) {
    const key = req.getHeader('sec-websocket-key');
    const extensions = req.getHeader('sec-websocket-extensions');
    res.upgrade({}, key, SUBPROTOCOLS.msgpack, extensions, context);
  },
  message(ws) {
    ws.send(answer, true, false);
  },
});
app.listen('127.0.0.1', Number(process.env.PORT), uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
  if (!listening) throw new ProgramError(`Nothing could listen on port ${process.env.PORT}.`);
  parent.tell({ type: 'listening', what: `uWebSockets.js, ${build} build` });
});
