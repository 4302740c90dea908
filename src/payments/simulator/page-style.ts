/** How the simulator's pages look: on a phone and on a desk, by day and by night. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f8; --surface: #fff; --ink: #1b1d26; --quiet: #565b6d; --edge: #d9dce5;
  --accent: #3b3fb8; --on-accent: #fff;
  --good: #0f6b3c; --good-ground: #e3f4ea; --bad: #a81d12; --bad-ground: #fdecea;
  --warn: #8a4b00; --warn-ground: #fff3dc; --wait: #2f3296; --wait-ground: #ececfb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101116; --surface: #1a1c23; --ink: #eceef4; --quiet: #a5abbd; --edge: #343845;
    --accent: #a9adff; --on-accent: #14153a;
    --good: #7ddba6; --good-ground: #12321f; --bad: #ff9e94; --bad-ground: #3d1a17;
    --warn: #ffc46b; --warn-ground: #3a2a0d; --wait: #c3c6ff; --wait-ground: #25264a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
h1, p, ul { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 1.5rem; letter-spacing: -0.02em; margin: 1.5rem 0 0.75rem; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.masthead { background: var(--surface); border-bottom: 1px solid var(--edge); }
.masthead div, main { max-width: 72rem; margin: 0 auto; padding: 0.875rem 1rem; }
main { padding-bottom: 3rem; }
.brand { color: var(--accent); font-weight: 700; font-size: 1.15rem; }
.facts {
  display: grid; gap: 0.5rem; padding: 0.875rem 1rem; border: 1px solid var(--edge);
  border-radius: 14px; background: var(--surface); font-size: 0.9375rem;
}
.facts summary { color: var(--accent); font-weight: 600; padding: 0.25rem 0; }
.cards { display: grid; gap: 0.25rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); margin: 0.5rem 0; }
.cards li { display: grid; }
.cards code { white-space: nowrap; }
.empty { padding: 3rem 1rem; border: 1px dashed var(--edge); border-radius: 14px; color: var(--quiet); text-align: center; }
.orders { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); align-items: start; }
.order {
  display: grid; gap: 0.625rem; padding: 1rem 1rem 0.375rem; border: 1px solid var(--edge);
  border-radius: 14px; background: var(--surface); min-width: 0;
}
.order > header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.25rem 0.75rem; }
.amount { font-size: 1.375rem; font-weight: 700; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { padding: 0.125rem 0.625rem; border-radius: 999px; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; background: var(--ground); color: var(--quiet); }
.badge.wait { background: var(--wait-ground); color: var(--wait); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.badge.warn { background: var(--warn-ground); color: var(--warn); }
.lines li { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
.lines li span:last-child { white-space: nowrap; }
.paid { font-weight: 600; font-size: 0.9375rem; }
.pix { margin-top: 0.375rem; padding: 0.625rem; border-radius: 8px; background: var(--ground); line-height: 1.4; }
.order > details > summary { color: var(--accent); font-size: 0.9375rem; padding: 0.25rem 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.actions:not(:has(*)) { display: none; }
.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 44px;
  padding: 0.375rem 0.75rem; border: 1px solid var(--edge); border-radius: 10px;
  background: var(--surface); color: var(--ink); font: inherit; font-size: 0.9375rem; font-weight: 600; cursor: pointer;
}
.button:hover { border-color: var(--accent); }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.button.danger { border-color: var(--bad); color: var(--bad); }
.wrong[open] { flex-basis: 100%; }
.wrong summary { list-style: none; }
.wrong summary::-webkit-details-marker { display: none; }
.wrong form { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem; margin-top: 0.5rem; }
label { display: grid; gap: 0.125rem; flex: 1 1 8rem; font-size: 0.875rem; }
input {
  min-width: 0; width: 100%; min-height: 44px; padding: 0.375rem 0.75rem; border: 1px solid var(--quiet);
  border-radius: 10px; background: var(--surface); color: var(--ink); font: inherit;
}
.order > footer { display: flex; align-items: center; justify-content: space-between; gap: 1rem; border-top: 1px solid var(--edge); padding-top: 0.25rem; margin-top: 0.25rem; }
.link { min-height: 44px; padding: 0 0.25rem; border: 0; background: none; color: var(--accent); font: inherit; font-size: 0.875rem; font-weight: 600; text-decoration: underline; cursor: pointer; }
.notice { padding: 0.75rem 1rem; border-radius: 10px; background: var(--bad-ground); color: var(--bad); }
.bank { display: grid; gap: 1rem; max-width: 26rem; margin: 0 auto; padding: 1.5rem 1rem; }
.bank h1 { margin: 0; font-size: 1.25rem; }
`;
