/**
 * What is wrong with a command line, in Node's words and without its advice, which nobody meant.
 * Undefined when something else has failed.
 */
export function badArgument(failure: unknown): string | undefined {
  const hasCode = failure instanceof Error && 'code' in failure;
  if (!hasCode || !String(failure.code).startsWith('ERR_PARSE_ARGS')) return undefined;
  const [first = ''] = failure.message.split(/\. (?=To specify|Did you)|\n/);
  return `${first.replace(/\.$/, '')}.`;
}
