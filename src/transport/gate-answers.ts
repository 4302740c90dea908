import type { GateCommand, ServerMessage } from '@ingressou/protocol';
import { base64 } from '@ingressou/protocol/admission';
import type { Accepted } from '../ports/commands.ts';

/** A yes to a gate as it is sent; undefined for one that says nothing more. */
export function gateAnswer(
  { id: re, event }: GateCommand,
  { told, position = 0 }: Accepted,
): ServerMessage | undefined {
  if (told === undefined || told.type === 'bound') return undefined;
  if (told.type === 'verdict') return { re, position, ...told };
  const { result, upTo, hash, incidents, quarantined } = told;
  return { type: 'merged', re, event, result, upTo, hash: base64(hash), incidents, quarantined };
}
