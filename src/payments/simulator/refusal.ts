/** A no in the provider's own words. It quotes what was sent, as the provider does. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`The simulated provider answers ${status}.`);
    this.status = status;
    this.body = body;
  }
}

export function notFound(what: string): ApiRefusal {
  return new ApiRefusal(404, { message: `${what} not found.` });
}

/** Valid, but it cannot be done. */
export function failed(message: string): ApiRefusal {
  return new ApiRefusal(412, { message });
}

/** `errors`: what is wrong by field. */
export function invalid(
  errors: Readonly<Record<string, readonly string[]>>,
  request: unknown,
): ApiRefusal {
  return new ApiRefusal(422, { message: 'The request is invalid.', errors, request });
}
