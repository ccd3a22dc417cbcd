/** What a wall says of alerts: loaded once it stands. */
export const ringing = {
  vi: {
    ringingCritical: '{n} cảnh báo mức cao',
    ringingWarning: '{n} cảnh báo mức vừa',
    ringingInfo: '{n} cảnh báo mức thấp',
    ringingUnknown: '{n} không rõ',
    ringingAnswered: 'đã trả lời: {names}',
    ringingUnanswered: 'chưa trả lời: {names}',
    ringingMore: '{names} và {n} nơi khác',
    ringingAway: 'Cảnh báo: chưa rõ',
  },
  en: {
    ringingCritical: '{n} critical alert | {n} critical alerts',
    ringingWarning: '{n} alert of medium severity | {n} alerts of medium severity',
    ringingInfo: '{n} alert of low severity | {n} alerts of low severity',
    ringingUnknown: '{n} unknown',
    ringingAnswered: 'answered: {names}',
    ringingUnanswered: 'not answered: {names}',
    ringingMore: '{names} and {n} more',
    ringingAway: 'Alerts: not known',
  },
} as const;
