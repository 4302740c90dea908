import { render } from 'preact';
import { texts } from '../texts.ts';
import { keepForOffline } from './offline.ts';
import { ticketAt } from './ticket-address.ts';
import { WalletPage } from './wallet-page.tsx';
import { walletTexts } from './wallet-texts.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('wallet.html has no #app.');
const address = ticketAt(location.pathname, location.search);
render(
  <>
    <header class="masthead">
      <a class="brand" href="/">
        {texts.brand}
      </a>
    </header>
    <main class="page wallet">
      {address === undefined ? (
        <>
          <h1>{walletTexts.wallet}</h1>
          <p role="status">{walletTexts.noTicket}</p>
          <a class="button" href="/">
            {texts.allShows}
          </a>
        </>
      ) : (
        <WalletPage address={address} />
      )}
    </main>
  </>,
  root,
);
// What could not be kept is asked for again at the next visit.
void keepForOffline().catch(() => {});
