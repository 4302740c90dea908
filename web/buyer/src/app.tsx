import { ShowPage } from './show-page.tsx';
import { ShowsPage } from './shows-page.tsx';
import { texts } from './texts.ts';

/** The page that belongs to an address. */
export function App({ path }: { readonly path: string }) {
  return (
    <>
      <header class="masthead">
        <a class="brand" href="/">
          {texts.brand}
        </a>
      </header>
      <Page path={path} />
    </>
  );
}

function Page({ path }: { readonly path: string }) {
  const slug = /^\/shows\/([^/]+)\/?$/.exec(path)?.[1];
  if (slug !== undefined) return <ShowPage slug={decodeURIComponent(slug)} />;
  return path === '/' ? <ShowsPage /> : <NoPage />;
}

/** The server said 404 with it. */
function NoPage() {
  return (
    <main class="page">
      <div role="alert" class="card message">
        <h1>{texts.pageNotFound}</h1>
        <p>{texts.pageNotFoundAdvice}</p>
        <a class="button" href="/">
          {texts.allShows}
        </a>
      </div>
    </main>
  );
}
