import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../src/config.ts';
import { openObjects } from '../../src/node-delivery.ts';
import { openMasterKey } from '../../src/store/data-keys.ts';
import type { Database } from '../../src/store/database.ts';
import { DatabaseDeliveries } from '../../src/store/deliveries.ts';
import { SealedOrderDetails } from '../../src/store/order-details.ts';
import { InboxFolder } from '../../src/workers/inbox/inbox-folder.ts';
import { UsageError } from '../command.ts';
import type { Places } from './grant.ts';

export interface OpenPlaces extends Places {
  close(): Promise<void>;
}

/**
 * Every place where a node of these settings keeps what names buyers.
 *
 * @throws {UsageError} the key of the details is not there
 */
export async function openPlaces(config: Config, database: Database): Promise<OpenPlaces> {
  const { dataKeyFile, dataDirectory } = config;
  // A key made here would open nothing.
  if (!existsSync(dataKeyFile)) {
    throw new UsageError(`There is no key in ${dataKeyFile}: say DATA_KEY_FILE.`);
  }
  const master = await openMasterKey(dataKeyFile);
  const objects = openObjects(config);
  return {
    database,
    details: new SealedOrderDetails(database, master),
    deliveries: new DatabaseDeliveries(database),
    letters: new InboxFolder({ directory: path.join(dataDirectory, 'mail') }),
    objects,
    now: Date.now,
    close: async () => objects.close?.(),
  };
}
