/** The units of systemd and the example for Kubernetes: what they name is there. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS } from '@room/runtime';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../harness/program.ts';

const file = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const table = (await file('server/OPERATIONS.md')).match(/^\| variable \|[\s\S]*?\n\n/m)?.[0] ?? '';
const settings = new Set([...(table.match(/(?<=`)[A-Z_]+(?=`)/g) ?? []), ...SECRETS.map((name) => `${name}_FILE`)]);

describe.each(['operations-room', 'operations-room-pipelines'])('%s.service', (name) => {
  it('starts a program that there is, on data of its own, and nothing with more rights', async () => {
    const unit = await file(`server/systemd/${name}.service`);
    const lines = new Map(
      [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value] as const),
    );
    const [, script = '', program = ''] = lines.get('ExecStart')?.split(' ') ?? [];
    expect(existsSync(join(ROOT, script))).toBe(true);
    expect(await file(script)).toContain(`  ${program}: { main: `);
    expect(lines.get('Environment')).toBe(`DATA_DIR=/var/lib/${lines.get('StateDirectory')}`);
    expect(Object.fromEntries(lines)).toMatchObject({
      User: 'operations-room',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      UMask: '0077',
      Restart: 'on-failure',
      // A lock of DATA_DIR that nobody else sees would let a restore into a running room.
      ...(program === 'room' ? { ReadWritePaths: '/tmp' } : {}),
    });
    expect(program === 'room' && lines.has('PrivateTmp')).toBe(false);
  });
});

it('the settings of the example for systemd are documented', async () => {
  const named = [...(await file('server/systemd/room.env.example')).matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !settings.has(name ?? ''))).toEqual([]);
});

interface Container {
  env: { name: string; value: string }[];
  ports: { name: string }[];
  volumeMounts: { name: string; mountPath: string }[];
  securityContext: object;
  [probe: string]: unknown;
}
interface Resource {
  kind: string;
  metadata: { name: string; namespace: string };
  data: Record<string, string>;
  spec: {
    selector: { matchLabels: object };
    template: { metadata: { labels: object }; spec: { containers: Container[]; volumes: { name: string }[] } };
  };
}

describe('server/kubernetes/room.yaml', async () => {
  const documents = parseAllDocuments(await file('server/kubernetes/room.yaml'));
  const resources = documents.map((document) => document.toJS() as Resource);
  const deployments = resources.filter(({ kind }) => kind === 'Deployment');

  const shared = Object.keys(resources.find(({ kind }) => kind === 'ConfigMap')?.data ?? {});
  const settingsOf = ({ env }: Container): string[] => [...shared, ...env.map(({ name }) => name)];

  it('can be read, document by document', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(deployments).toHaveLength(2);
    expect(new Set(resources.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['operations-room']));
  });

  it('sets what is documented, and no secret', () => {
    const shared = resources.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    const own = deployments.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env }) => env));
    const all = [...Object.entries(shared), ...own.map(({ name, value }) => [name, value] as const)];
    expect(all.filter(([name]) => !settings.has(name))).toEqual([]);
    for (const [name, value] of all)
      if (/PASSWORD|TOKEN/.test(name)) expect([name, value]).toEqual([name, expect.stringMatching(/^\/secrets\//)]);
  });

  it.each(deployments.map((it) => [it.metadata.name, it] as const))('%s fits together', (_, { spec }) => {
    const { metadata, spec: pod } = spec.template;
    expect(metadata.labels).toEqual(spec.selector.matchLabels);
    for (const container of pod.containers) {
      const ports = container.ports.map(({ name }) => name);
      for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const { httpGet } = container[name] as { httpGet: { path: string; port: string; scheme?: string } };
        // The port of browsers speaks TLS where the room has a certificate, that of operators never.
        const isTls = httpGet.port === 'http' && settingsOf(container).includes('TLS_CERT');
        expect([name, httpGet.scheme]).toEqual([name, isTls ? 'HTTPS' : undefined]);
        expect([name, ports.includes(httpGet.port)]).toEqual([name, true]);
        expect(httpGet.path).toMatch(/^\/(healthz|readyz|v1\/openapi\.json)$/);
      }
      expect(container.volumeMounts.map(({ name }) => name)).toEqual(pod.volumes.map(({ name }) => name));
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
    }
  });
});
