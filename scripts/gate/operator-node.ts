import { UsageError } from '../command.ts';

/** A running node, asked as its operator. */
export interface OperatorNode {
  /** Where it is reached. */
  readonly base: string;
  /**
   * What it answers, as JSON.
   *
   * @throws {NodeRefusal} it says no
   * @throws {UsageError} nobody answers there
   */
  ask(method: string, path: string, body?: object): Promise<unknown>;
}

/** The node said no; whoever knows better what that means says it better. */
export class NodeRefusal extends UsageError {
  /** Of the problem, as `code`; undefined when it was none of ours. */
  readonly reason: string | undefined;

  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text}`);
    this.reason = reasonIn(text);
  }
}

export function operatorNode(base: string, token: string): OperatorNode {
  return {
    base,
    async ask(method, path, body) {
      const answer = await reached(base, path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text);
      throw new NodeRefusal(`${method} ${path}`, answer.status, text);
    },
  };
}

async function reached(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, base), init);
  } catch (cause) {
    throw new UsageError(`No node answers at ${base}: is it running? --url says where.`, { cause });
  }
}

function reasonIn(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== 'object' || problem === null || !('code' in problem)) return undefined;
    return String(problem.code);
  } catch {
    // Something between us and the node answered in its place.
    return undefined;
  }
}
