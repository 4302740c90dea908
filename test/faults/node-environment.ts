export interface NodePlace {
  /** Of the scenario: nodes of one cluster share it. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
  readonly tokenKeyFile: string;
}

/** The environment of a node of a scenario, and of whoever plays one. */
export function nodeEnvironment({
  name,
  databaseUrl,
  dataDirectory,
  tokenKeyFile,
}: NodePlace): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    DATABASE_REPLICA_URLS: '',
    REDIS_URL: '',
    NATS_URL: '',
    RABBITMQ_URL: '',
    CLUSTER_PREFIX: name.toLowerCase(),
    JOURNAL: 'database',
    DATA_DIRECTORY: dataDirectory,
    TOKEN_KEY_FILE: tokenKeyFile,
    DEV_TOKENS: 'false',
    DEMO_SHOW: 'false',
    // These people are more impatient than others.
    COMMANDS_PER_SECOND: '100000',
    COMMANDS_BURST: '100000',
    FRAMES_PER_SECOND: '100000',
    FRAMES_BURST: '100000',
  };
}
