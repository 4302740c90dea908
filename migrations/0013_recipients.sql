-- Who is paid for the tickets of a show, by the name the payment provider has for them. Without a
-- row the platform is, and pays the producer itself.
create table recipient (
  event_id uuid primary key references show (id),
  recipient text not null check (recipient ~ '^rp_[A-Za-z0-9]{1,40}$')
);
