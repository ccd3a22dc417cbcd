/** Secrets may stand in files, as Docker, Kubernetes and systemd hand them out: `NAME_FILE` names one instead of `NAME`. */
import { readFileSync } from 'node:fs';
import type { Environment } from './environment.ts';

export const SECRETS = [
  'CLICKHOUSE_PASSWORD',
  'DATABASE_PASSWORD',
  'KAFKA_SASL_PASSWORD',
  'OIDC_CLIENT_SECRET',
  'OPERATOR_TOKEN',
  'SMTP_URL',
  'TELEGRAM_TOKEN',
] as const;

/** The environment with each secret in its own variable. Throws naming the variable that is wrong. */
export function withSecrets(env: Environment): Environment {
  const read = { ...env };
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    if (env[name] !== undefined && env[name] !== '')
      throw new Error(`${name} and ${name}_FILE are both set; unset one of them`);
    read[name] = secretIn(file, `${name}_FILE`);
  }
  return read;
}

function secretIn(file: string, setting: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${setting} cannot be read (${(cause as Error).message}); give this user a file that it can read`, {
      cause,
    });
  }
  // Editors end a file with a line break that is not meant.
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new Error(`${setting} is ${file}, which is empty; put the secret there`);
  return secret;
}
