import type { EventId, NodeId } from '@ingressou/protocol';

/** Every subject that nodes speak about on the bus. Clusters that share a bus differ in `prefix`. */
export function subjects(prefix: string) {
  return {
    /** Requests: commands and questions for shows of this node; the response is the receipt. */
    commands: (node: NodeId) => `${prefix}.node.${node}.commands`,
    /** What became of them, to the node that asked. */
    answers: (node: NodeId) => `${prefix}.node.${node}.answers`,
    /** A show that was just released for this node to claim. */
    takes: (node: NodeId) => `${prefix}.node.${node}.takes`,
    /** Durable facts of a show. */
    facts: (event: EventId) => `${prefix}.show.${event}.facts`,
    /** Who has begun to serve which show. */
    owners: `${prefix}.owners`,
    /** Shows in which something happened that waits for workers. */
    work: `${prefix}.work`,
    /** Who is there, said by everybody all the time. */
    calls: `${prefix}.calls`,
    /** How far the shows have come that changed lately. */
    standings: `${prefix}.standings`,
  } as const;
}
