import { type Flaw, RequestError } from './errors.ts';

/**
 * An answer that brings nothing: a refusal as RFC 9457 writes it, one by something between us and
 * the server, which has no code, or 202 for what is still being made.
 */
export async function problemOf(response: Response): Promise<RequestError> {
  const { status } = response;
  const body = await bodyOf(response);
  const code = typeof body.code === 'string' ? body.code : codeOf(status);
  const errors = Array.isArray(body.errors) ? body.errors.flatMap(flawOf) : [];
  return new RequestError(status, code, { errors });
}

function codeOf(status: number): string {
  return status === 202 ? 'not_ready' : `http_${status}`;
}

async function bodyOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await response.json();
    return isRecord(body) ? body : {};
  } catch {
    // A page of a proxy, or half an answer: the status says enough.
    return {};
  }
}

/** A pointer may come as the fragment of a URL, which begins with `#`. */
function flawOf(value: unknown): Flaw[] {
  if (!isRecord(value) || typeof value.pointer !== 'string') return [];
  return [{ pointer: value.pointer.replace(/^#/, ''), detail: String(value.detail ?? '') }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
