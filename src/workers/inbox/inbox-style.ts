import { createHash } from 'node:crypto';

/** The same colours as the buyer's page. */
export const inboxStyle = `
:root { color-scheme: light dark; --ground: #f4f5f8; --surface: #fff; --ink: #1b1d26;
  --quiet: #565b6d; --edge: #d9dce5; --accent: #3b3fb8; --soft: #ececfb; --good: #0f6b3c;
  --good-soft: #e3f4ea; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #101116; --surface: #1a1c23; --ink: #eceef4; --quiet: #a5abbd;
    --edge: #343845; --accent: #a9adff; --soft: #25264a; --good: #7ddba6; --good-soft: #12321f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
header { padding: 14px 16px; background: var(--surface); border-bottom: 1px solid var(--edge); }
header p { max-width: 728px; margin: 0 auto; }
main { max-width: 760px; margin: 0 auto; }
main { padding: 20px 16px 48px; }
h1 { margin: 0 0 4px; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 24px 0 8px; font-size: 1rem; }
a { color: var(--accent); }
a:focus-visible, iframe:focus-visible, summary:focus-visible { outline: 3px solid var(--accent);
  outline-offset: 2px; }
.brand { font-weight: 700; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
ul { margin: 16px 0 0; padding: 0; list-style: none; }
.letters { border: 1px solid var(--edge); border-radius: 14px; overflow: hidden;
  background: var(--surface); }
.letters li + li { border-top: 1px solid var(--edge); }
.letters a { display: block; padding: 12px 16px; color: inherit; text-decoration: none; }
.letters a:hover { background: var(--soft); }
.letters strong { display: block; overflow-wrap: anywhere; }
.letters .quiet { display: flex; flex-wrap: wrap; gap: 0 12px; overflow-wrap: anywhere; }
.kind { padding: 0 8px; border-radius: 99px; background: var(--soft); color: var(--accent); }
.kind.whatsapp { background: var(--good-soft); color: var(--good); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 12px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 820px; border: 1px solid var(--edge);
  border-radius: 14px; background: var(--surface); }
pre, .bubble { margin: 0; padding: 14px 16px; border: 1px solid var(--edge); border-radius: 14px;
  background: var(--surface); white-space: pre-wrap; overflow-wrap: anywhere; }
pre { font: 0.875rem/1.5 ui-monospace, monospace; }
.bubble { max-width: 440px; background: var(--good-soft); border-color: transparent;
  border-top-left-radius: 4px; }
details { margin-top: 24px; }
summary { padding: 10px 0; cursor: pointer; }
.empty { padding: 40px 16px; text-align: center; }
`;

/** Lets this style, and no other, into a page. */
export const inboxStyleHash = `'sha256-${createHash('sha256').update(inboxStyle).digest('base64')}'`;
