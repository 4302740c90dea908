import type { Statement } from './database.ts';

// `run_at` says when a job may be taken, by the server's clock. A worker that has one holds it by
// (owner, deliveries): whoever took it later has other values there.

const ms = (parameter: string): string => `${parameter}::float8 * interval '1 millisecond'`;
/** As an array, so that each id is looked up: with a query in its place the whole table is read. */
const among = (parameter: string): string =>
  `id = any (array(select json_array_elements_text(${parameter}::json)))`;
const named = (parameter: string): string => `(${parameter}::text is null or ${among(parameter)})`;

/** A job that waits already stays as it is. Sorted, so that two publishers never wait in a circle. */
const publish: Statement = {
  name: 'job_publish',
  text: `insert into job (id, kind, event_id, body)
    select id, kind, event_id, body
      from json_to_recordset($1::json) as new (id text, kind text, event_id uuid, body text)
     order by id
    on conflict (id) do nothing`,
};

const count: Statement = {
  name: 'job_count',
  text: `select kind, count(*)::bigint as waiting from job where died_at is null group by kind`,
};

/** Kinds among `$1` of which something is due. */
const due: Statement = {
  name: 'job_due',
  text: `select kind from json_array_elements_text($1::json) as wanted (kind)
    where exists (select 1 from job
      where job.kind = wanted.kind and died_at is null and run_at <= now())`,
};

/** What took its worker down too often is not handed out again but dead, and told to be. */
const take: Statement = {
  name: 'job_take',
  text: `with due as (
      select id, run_at from job
       where kind = $1 and died_at is null and run_at <= now()
       order by run_at limit $2::bigint for update skip locked
    )
    update job set owner = $3, deliveries = deliveries + 1, run_at = now() + ${ms('$4')},
      died_at = case when deliveries > $5::integer then now() end,
      reason = case when deliveries > $5::integer then $6::text else reason end
    from due where job.id = due.id
    returning job.id, event_id, body, attempt, deliveries, reason, died_at is not null as is_dead,
      greatest(0, round(extract(epoch from now() - due.run_at) * 1000))::bigint as waited_ms`,
};

const hold: Statement = {
  name: 'job_hold',
  text: `update job set run_at = now() + ${ms('$3')}
    where owner = $1 and ${among('$2')}`,
};

/** A taking that nobody began was none: the job is due as if nobody had had it. */
const giveBack: Statement = {
  name: 'job_give_back',
  text: `update job set run_at = now(), owner = null, deliveries = job.deliveries - 1
    from json_to_recordset($2::json) as taken (id text, deliveries integer)
    where job.id = taken.id and job.deliveries = taken.deliveries and owner = $1
      and died_at is null`,
};

/** Done is done, whoever has it by now. */
const done: Statement = {
  name: 'job_done',
  text: `delete from job where ${among('$1')}`,
};

const retry: Statement = {
  name: 'job_retry',
  text: `update job set attempt = attempt + 1, deliveries = 0, owner = null, reason = $4,
      run_at = now() + ${ms('$5')}
    where id = $1 and owner = $2 and deliveries = $3 and died_at is null`,
};

const bury: Statement = {
  name: 'job_bury',
  text: `update job set died_at = now(), owner = null, reason = $4
    where id = $1 and owner = $2 and deliveries = $3 and died_at is null`,
};

const free: Statement = {
  name: 'job_free',
  text: 'update job set run_at = now(), owner = null where owner is not null and died_at is null',
};

const depths: Statement = {
  name: 'job_depths',
  text: `select kind,
      count(*) filter (where run_at <= now())::bigint as waiting,
      count(*) filter (where run_at > now() and owner is null)::bigint as later,
      coalesce(round(extract(epoch from
        now() - min(run_at) filter (where run_at <= now())) * 1000), 0)::bigint as oldest_ms
      from job where died_at is null group by kind
    union all
    select 'dead', count(*)::bigint, 0,
      coalesce(round(extract(epoch from now() - min(died_at)) * 1000), 0)::bigint
      from job where died_at is not null`,
};

const listDead: Statement = {
  name: 'job_list_dead',
  text: `select id, kind, event_id, body, attempt, reason,
      round(extract(epoch from died_at) * 1000)::bigint as died_at_ms
    from job where died_at is not null order by died_at, id limit $1::bigint`,
};

const replay: Statement = {
  name: 'job_replay',
  text: `update job set died_at = null, reason = null, owner = null, attempt = 1, deliveries = 0,
      run_at = now()
    where died_at is not null and ${named('$1')} returning kind`,
};

const drop: Statement = {
  name: 'job_drop',
  text: `delete from job where died_at is not null and ${named('$1')} returning id`,
};

export const jobStatements = {
  publish,
  count,
  due,
  take,
  hold,
  giveBack,
  done,
  retry,
  bury,
  free,
  depths,
  listDead,
  replay,
  drop,
};
