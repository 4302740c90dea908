import type { Inbox } from '../ports/inbox.ts';
import type { Route } from './http.ts';

/** What the embedded node delivered to nobody, for whoever develops with it. */
export function inboxRoutes(inbox: Inbox): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dev/inbox',
      policy: 'development',
      answer: () => inbox.page(''),
    },
    {
      method: 'GET',
      path: '/dev/inbox/:what/:name',
      policy: 'development',
      answer: ({ parameters: { what = '', name = '' } }) => inbox.page(`${what}/${name}`),
    },
  ];
}
