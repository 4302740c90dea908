import type { Show } from '@ingressou/protocol';
import { fetchShows } from './api.ts';
import { longDate } from './format.ts';
import { LoadFailed, Loading } from './loading.tsx';
import { texts } from './texts.ts';
import { useLoad } from './use-load.ts';

/** The list of what is coming. */
export function ShowsPage() {
  const [load, retry] = useLoad(fetchShows);
  return (
    <main class="page">
      <h1>{texts.shows}</h1>
      {load.status === 'loading' && <Loading />}
      {load.status === 'failed' && <LoadFailed error={load.error} retry={retry} />}
      {load.status === 'loaded' && <ShowList shows={load.value} />}
    </main>
  );
}

function ShowList({ shows }: { readonly shows: readonly Show[] }) {
  if (shows.length === 0) return <p class="quiet">{texts.noShows}</p>;
  return (
    <ul class="shows">
      {shows.map((show) => (
        <li key={show.id}>
          <a class="card show-card" href={`/shows/${encodeURIComponent(show.slug)}`}>
            <h2>{show.title}</h2>
            <p class="quiet">{longDate(show.startsAt)}</p>
            <p class="quiet">{texts.place(show.venue, show.city, show.uf)}</p>
            <span class="show-card-action">{texts.seeTickets}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
