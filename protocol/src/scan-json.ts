import type { Bounds } from './bounds.ts';
import { ProtocolError } from './errors.ts';

/**
 * Walks JSON text (RFC 8259) for what `JSON.parse` does not refuse: depth, sizes, a key twice,
 * keys that begin with two underscores. It trusts `JSON.parse` with the grammar, which runs next:
 * here only strings, brackets and commas matter.
 *
 * @throws {ProtocolError}
 */
export function scanJson(text: string, bounds: Bounds): void {
  const open: Container[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '"') {
      const end = endOfString(text, at, bounds);
      noteKey(open.at(-1), text, at, end);
      at = end;
      continue;
    }
    note(open, char, bounds);
    at += 1;
  }
}

/** An object's keys so far; an array has none. `entries` counts commas, plus one. */
interface Container {
  readonly keys: Set<string> | undefined;
  isKeyNext: boolean;
  entries: number;
}

function note(open: Container[], char: string, bounds: Bounds): void {
  const container = open.at(-1);
  if (char === '{' || char === '[') {
    if (open.length >= bounds.depthMax) throw new ProtocolError('too_deep');
    const isObject = char === '{';
    open.push({ keys: isObject ? new Set() : undefined, isKeyNext: isObject, entries: 1 });
  } else if (char === '}' || char === ']') {
    open.pop();
  } else if (char === ',' && container !== undefined) {
    container.entries += 1;
    container.isKeyNext = container.keys !== undefined;
    if (container.entries > bounds.entriesMax) throw new ProtocolError('too_many_entries');
  }
}

function noteKey(container: Container | undefined, text: string, at: number, end: number): void {
  if (container?.keys === undefined || !container.isKeyNext) return;
  container.isKeyNext = false;
  const key = text.slice(at + 1, end - 1);
  // No key of ours needs an escape, and an escape could spell a name twice.
  if (key.startsWith('__') || key.includes('\\')) throw new ProtocolError('forbidden_key');
  if (container.keys.has(key)) throw new ProtocolError('duplicate_key');
  container.keys.add(key);
}

/** The offset after the closing quote. A UTF-16 unit is at least one UTF-8 byte: bound enough. */
function endOfString(text: string, at: number, bounds: Bounds): number {
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '"') return index + 1;
    if (text[index] === '\\') index += 1;
    if (index - at > bounds.stringBytesMax) throw new ProtocolError('string_too_long');
  }
  throw new ProtocolError('truncated');
}
