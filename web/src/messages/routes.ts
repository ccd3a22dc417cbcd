/** What is said of who is told of alerts: receivers, routes, silences. Pure. */
import {
  type AlertRoute,
  type Catalogue,
  DIMENSIONS,
  type KeptReceiver,
  type KeptRule,
  type Match,
  SEVERITIES,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { SEVERITY_NAMES } from './alerts.ts';
import type { Speech } from './context.ts';

export const CHANNEL_NAMES: Readonly<Record<KeptReceiver['to']['channel'], MessageKey>> = {
  mail: 'channelMail',
  webhook: 'channelWebhook',
  telegram: 'channelTelegram',
};

/** Whom routes name: a receiver, or a roster. */
export type Target = Pick<KeptReceiver, 'id' | 'name'>;

/** What a refusal means here, by the server's code. */
export const TOLD_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'toldConflict',
  demonstration: 'toldDemonstration',
  no_such_receiver: 'toldGone',
  no_such_roster: 'toldGone',
  no_such_silence: 'toldGone',
  no_such_delivery: 'deliveryGone',
};

/** Labels that every alert may have; a rule's own are said as they are written. */
export const LABELS = ['agency', 'province', 'service', 'source', 'severity', 'rule'] as const;
const LABEL_NAMES: Readonly<Record<string, MessageKey>> = {
  agency: 'labelAgency',
  province: 'labelProvince',
  service: 'labelService',
  source: 'labelSource',
  severity: 'labelSeverity',
  rule: 'labelRule',
};
export function labelText(label: string, { t }: Speech): string {
  const known = LABEL_NAMES[label];
  return known === undefined ? label : t(known);
}

export interface Named {
  code: string;
  name: string;
}

/** What is needed to say values of labels. */
export interface About {
  catalogue: Catalogue;
  rules: readonly KeptRule[];
}

/** What a label may be; of a rule's own labels, what rules say. */
export function valuesOf(label: string, { catalogue, rules }: About, { t, name, language }: Speech): Named[] {
  switch (label) {
    case 'agency':
    case 'province':
    case 'service':
    case 'source':
      return DIMENSIONS[label].members(catalogue).map((member) => ({ code: member.code, name: name(member) }));
    case 'severity':
      return SEVERITIES.map((code) => ({ code, name: t(SEVERITY_NAMES[code]) }));
    case 'rule':
      return rules.map(({ id, label: of }) => ({ code: id, name: `${id}, ${of[language]}` }));
    default: {
      const codes = rules.flatMap(({ labels }) => labels[label] ?? []);
      return [...new Set(codes)].sort().map((code) => ({ code, name: code }));
    }
  }
}

export const labelsOf = (rules: readonly KeptRule[]): string[] => [
  ...LABELS,
  ...new Set(rules.flatMap(({ labels }) => Object.keys(labels)).filter((label) => LABEL_NAMES[label] === undefined)),
];

/** Each condition that is to hold, in words. */
export const matchTexts = (match: Match, about: About, speech: Speech): string[] =>
  Object.entries(match).map(([label, values]) => {
    const names = new Map(valuesOf(label, about, speech).map(({ code, name }) => [code, name]));
    const said = values.map((value) => names.get(value) ?? value).join(speech.t('labelOr'));
    return `${labelText(label, speech)}: ${said}`;
  });

export function matchText(match: Match, about: About, speech: Speech): string {
  const texts = matchTexts(match, about, speech);
  return texts.length === 0 ? speech.t('routeAll') : texts.join('; ');
}

export function receiverText(id: string, receivers: readonly Target[], { t }: Speech): string {
  return receivers.find((each) => each.id === id)?.name ?? t('receiverUnknown', { id });
}

export const receiversText = (ids: readonly string[], receivers: readonly Target[], speech: Speech): string =>
  speech.format.list(ids.map((id) => receiverText(id, receivers, speech)));

/** What a route does with an alert that fits, step by step. */
export function stepsOf(
  { receivers: told, groupBy, waitSeconds, goesOn, escalation }: AlertRoute,
  receivers: readonly Target[],
  speech: Speech,
): string[] {
  const { t, format } = speech;
  const waits = {
    age: format.span(waitSeconds * 1_000),
    labels: groupBy.map((label) => labelText(label, speech)).join(', '),
  };
  return [
    t('routeTells', { receivers: receiversText(told, receivers, speech) }),
    waitSeconds === 0 ? t('routeAtOnce') : t(groupBy.length === 0 ? 'routeWaitsAll' : 'routeWaits', waits),
    ...escalation.map(({ afterMinutes, receivers: next }) =>
      t('routeEscalates', {
        age: format.span(afterMinutes * 60_000),
        receivers: receiversText(next, receivers, speech),
      }),
    ),
    t(goesOn ? 'routeGoesOn' : 'routeStops'),
  ];
}

export function hoursText({ working }: Pick<KeptReceiver, 'working'>, { t }: Speech): string {
  return working === undefined ? t('receiverAlways') : t('receiverWorking', working);
}
