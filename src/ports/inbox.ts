/**
 * What the embedded node sent to nobody, as pages for whoever develops with it. Never served in
 * production: it shows mails of everybody.
 */
export interface Inbox {
  /** The page at a path below `/dev/inbox`, without the slash in front; empty for the list. */
  page(path: string): Promise<InboxPage>;
}

/** An HTTP answer. Its headers win over those that every answer has. */
export interface InboxPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}
