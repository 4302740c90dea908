/** Bytes of a UUID as text. */
export const uuidBytes = 36;

/**
 * Text as long as a UUID, which most texts of facts and frames are; undefined when it is not
 * ASCII. One call with every unit as an argument makes a text in a third of the time that a
 * decoder takes, and in half of that of a loop.
 */
export function readUuidText(bytes: Uint8Array, at: number): string | undefined {
  let all = 0;
  for (let index = at; index < at + uuidBytes; index += 1) all |= bytes[index]!;
  return all < 0x80 ? textOf(bytes, at) : undefined;
}

function textOf(b: Uint8Array, i: number): string {
  // biome-ignore format: in rows of six it is seen that none is missing
  return String.fromCharCode(
    b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!,
    b[i + 6]!, b[i + 7]!, b[i + 8]!, b[i + 9]!, b[i + 10]!, b[i + 11]!,
    b[i + 12]!, b[i + 13]!, b[i + 14]!, b[i + 15]!, b[i + 16]!, b[i + 17]!,
    b[i + 18]!, b[i + 19]!, b[i + 20]!, b[i + 21]!, b[i + 22]!, b[i + 23]!,
    b[i + 24]!, b[i + 25]!, b[i + 26]!, b[i + 27]!, b[i + 28]!, b[i + 29]!,
    b[i + 30]!, b[i + 31]!, b[i + 32]!, b[i + 33]!, b[i + 34]!, b[i + 35]!,
  );
}
