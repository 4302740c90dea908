import { checkAmqp } from '../amqp-greeting.ts';
import { type Finding, fail, ok } from './finding.ts';
import { unreachable } from './unreachable.ts';

const schemes = ['amqp:', 'amqps:'];

/** RabbitMQ: whether a broker answers. Nobody logs in. */
export async function rabbitmq(url: string): Promise<readonly Finding[]> {
  const name = 'RabbitMQ';
  if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol)) {
    const next = 'RABBITMQ_URL must look like amqp://user:password@host:5672/vhost';
    return [fail(name, 'RABBITMQ_URL is no address of a broker', next)];
  }
  try {
    await checkAmqp(url);
    return [ok(name, `answers at ${new URL(url).host}`)];
  } catch (cause) {
    return [unreachable(name, 'RABBITMQ_URL', url, cause)];
  }
}
