import type { OfflinePackage, PackageFault } from '@ingressou/protocol/admission';
import type { ListedKey } from '@ingressou/protocol/ticket';
import type { FetchedPackage } from './api.ts';
import type { PackageKeeper } from './package-keeper.ts';

export interface PackageSource {
  /** @throws {ApiError} */
  readonly fetchPackage: (held: OfflinePackage | undefined) => Promise<FetchedPackage>;
  /** @throws {ApiError} */
  readonly fetchKeys: () => Promise<readonly ListedKey[]>;
  /** Resolves when they are on the disk. */
  readonly keepKeys: (keys: readonly ListedKey[]) => Promise<void>;
}

/**
 * Brings the newest package to its keeper, which says in `fault` why it did not take it. A package
 * that is signed by a new key is vouched for by none that the scanner knows: then the server is asked
 * for the keys, once, and for the package again.
 *
 * @throws {ApiError}, {KeyError}, {DOMException}
 */
export async function takeNewest(
  keeper: PackageKeeper,
  source: PackageSource,
): Promise<FetchedPackage> {
  const fetched = await takeOnce(keeper, source);
  if (!isOfKeys(keeper.fault.value)) return fetched;
  const keys = await source.fetchKeys();
  // On the disk first: what is taken by them must open again when this device was off.
  await source.keepKeys(keys);
  keeper.believe(keys);
  return await takeOnce(keeper, source);
}

async function takeOnce(
  keeper: PackageKeeper,
  { fetchPackage }: PackageSource,
): Promise<FetchedPackage> {
  const fetched = await fetchPackage(keeper.base());
  if (!fetched.isDelta) {
    await keeper.take(fetched.bytes);
    return fetched;
  }
  const fault = await keeper.takeDelta(fetched.bytes);
  if (fault === undefined || isOfKeys(fault)) return fetched;
  // It does not fit what is held: the show was recovered since, or the disk has lost some.
  const whole = await fetchPackage(undefined);
  await keeper.take(whole.bytes);
  return whole;
}

function isOfKeys(fault: PackageFault | undefined): boolean {
  return fault === 'unknown_key' || fault === 'revoked_key';
}
