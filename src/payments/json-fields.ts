/**
 * What came is not what is documented. Says where, never what was there: answers are full of
 * people.
 */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  constructor(path: string, wanted: string) {
    super(`${path} is not ${wanted}`);
  }
}

/** An object from outside, read one checked field at a time. */
export class JsonFields {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws {UnreadableError} it is no object */
  constructor(value: unknown, path: string) {
    if (!isRecord(value)) throw new UnreadableError(path, 'an object');
    this.#path = path;
    this.#values = value;
  }

  /** @throws {UnreadableError} */
  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse(name, 'a text');
  }

  /** Absent, null and empty are the same. */
  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    if (typeof value === 'string') return value === '' ? undefined : value;
    if (value === undefined || value === null) return undefined;
    return this.#refuse(name, 'a text');
  }

  /** @throws {UnreadableError} no whole number of cents from 0 on */
  cents(name: string): number {
    return this.optionalCents(name) ?? this.#refuse(name, 'an amount in cents');
  }

  /** @throws {UnreadableError} there is something else */
  optionalCents(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#refuse(name, 'an amount in cents');
  }

  /** @throws {UnreadableError} */
  optionalTime(name: string): number | undefined {
    const text = this.optionalText(name);
    return text === undefined ? undefined : (timeOf(text) ?? this.#refuse(name, 'a time'));
  }

  /** @throws {UnreadableError} */
  object(name: string): JsonFields {
    return new JsonFields(this.#values[name], `${this.#path}.${name}`);
  }

  /** Absent and null are an object without fields. */
  optionalObject(name: string): JsonFields {
    return new JsonFields(this.#values[name] ?? {}, `${this.#path}.${name}`);
  }

  /**
   * The objects of a list; absent and null are an empty one.
   *
   * @throws {UnreadableError}
   */
  list(name: string): JsonFields[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) return this.#refuse(name, 'a list');
    return value.map((each, index) => new JsonFields(each, `${this.#path}.${name}[${index}]`));
  }

  #refuse(name: string, wanted: string): never {
    throw new UnreadableError(`${this.#path}.${name}`, wanted);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TIME_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;

/** Milliseconds since 1970 of a time that may lack its zone, which then is UTC. */
export function timeOf(text: string): number | undefined {
  const match = TIME_PATTERN.exec(text);
  if (match === null) return undefined;
  const time = Date.parse(match[3] === undefined ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}
