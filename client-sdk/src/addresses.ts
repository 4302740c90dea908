import { LIVE_PATH } from '@ingressou/protocol';
import { MisuseError } from './errors.ts';

/**
 * The address of the live socket below a server's base address.
 *
 * @throws {MisuseError} `invalid_url`
 */
export function liveUrl(base: string): string {
  const { secure, rest } = partsOf(base);
  return `ws${secure}${rest}${LIVE_PATH}`;
}

/**
 * What the paths of requests are added to.
 *
 * @throws {MisuseError} `invalid_url`
 */
export function httpUrl(base: string): string {
  const { secure, rest } = partsOf(base);
  return `http${secure}${rest}`;
}

function partsOf(base: string): { readonly secure: string; readonly rest: string } {
  const match = /^(http|ws)(s?):\/\/[^?#]+/.exec(base);
  if (match === null || !URL.canParse(base)) {
    throw new MisuseError('invalid_url', `Not an http(s) or ws(s) address: ${base}`);
  }
  const [address, , secure = ''] = match;
  return { secure, rest: address.slice(address.indexOf('://')).replace(/\/+$/, '') };
}
