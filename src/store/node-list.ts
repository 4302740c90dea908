import type { NodeId } from '@ingressou/protocol';
import type { Lease } from '../ports/leases.ts';
import { booleanIn, numberIn, textIn } from './columns.ts';
import type { Database, Statement } from './database.ts';

/** A process as operators look at it. */
export interface ListedNode extends Lease {
  /** How long its lease runs; not above 0 when it is over. */
  readonly leftMs: number;
  /** Shows that it owns, awake or not. */
  readonly shows: number;
}

/** Every process of the last minute, by name. */
export async function listNodes(database: Database): Promise<ListedNode[]> {
  const nodes = await database.query(selectNodes, []);
  return nodes.map((columns) => ({
    node: textIn<NodeId>(columns, 'node'),
    name: textIn(columns, 'name'),
    hasActors: booleanIn(columns, 'has_actors'),
    isLeaving: booleanIn(columns, 'is_leaving'),
    leftMs: numberIn(columns, 'left_ms'),
    shows: numberIn(columns, 'shows'),
  }));
}

const selectNodes: Statement = {
  name: 'operator_node_list',
  text: `select node, name, has_actors, is_leaving,
      round(extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint as left_ms,
      (select count(*) from event_head where owner = node) as shows
    from node_lease where expires_at > clock_timestamp() - interval '1 minute'
    order by name, node`,
};
