import type { TestProject } from 'vitest/node';
import { openServices, type ServiceName } from '../../scripts/services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a PostgreSQL database of this run answers; undefined when there is none. */
    postgresUrl: string | undefined;
    /** Why there is none. */
    postgresMissing: string | undefined;
    /** Where a Redis answers that others may use too; undefined when there is none, and why. */
    redisUrl: string | undefined;
    redisMissing: string | undefined;
    /** The same of a NATS. */
    natsUrl: string | undefined;
    natsMissing: string | undefined;
    /** Where a RabbitMQ virtual host of this run answers; undefined when there is none, and why. */
    rabbitmqUrl: string | undefined;
    rabbitmqMissing: string | undefined;
    /** The path of an nginx; undefined when there is none, and why. */
    nginx: string | undefined;
    nginxMissing: string | undefined;
    /** The path of a Chromium; undefined when there is none, and why. */
    browser: string | undefined;
    browserMissing: string | undefined;
    /** Begins every key and every subject of this run; keys are deleted at its end. */
    prefix: string;
  }
}

/** Opens what the suites share, once per run; what this returns closes it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const services = await openServices();
  const whyNo = (name: ServiceName) => services.missing.find((each) => each.name === name)?.why;
  provide('postgresUrl', services.postgres?.url);
  provide('postgresMissing', whyNo('postgres'));
  provide('redisUrl', services.redis?.url);
  provide('redisMissing', whyNo('redis'));
  provide('natsUrl', services.nats?.url);
  provide('natsMissing', whyNo('nats'));
  provide('rabbitmqUrl', services.rabbitmq?.url);
  provide('rabbitmqMissing', whyNo('rabbitmq'));
  provide('nginx', services.nginx);
  provide('nginxMissing', whyNo('nginx'));
  provide('browser', services.browser);
  provide('browserMissing', whyNo('browser'));
  provide('prefix', services.prefix);
  return services.close;
}
