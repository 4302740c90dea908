/** Somebody's address with the name to show. */
export interface Mailbox {
  readonly name: string;
  readonly email: string;
}

/** What browsers accept in a field for addresses (HTML Standard): no spaces, no quoted parts. */
const ADDRESS_PATTERN =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;

export function isAddress(email: string): boolean {
  return email.length <= 254 && ADDRESS_PATTERN.test(email);
}

/** Reads `Ingressou <ingressos@exemplo.com.br>` or a bare address; undefined when it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', email = ''] = /^\s*(?:"?([^"<>\p{Cc}]*?)"?\s*)<([^<>\s]+)>\s*$/u.exec(
    text,
  ) ?? ['', '', text.trim()];
  return isAddress(email) ? { name, email } : undefined;
}
