/** A place in the history of a show. */
export interface Point {
  readonly generation: number;
  readonly position: number;
}

export function pointOf({ generation, position }: Point): Point {
  return { generation, position };
}

export function isAhead(one: Point, other: Point): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation;
  return one.position > other.position;
}
