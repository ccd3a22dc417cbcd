/** Of fields of numbers. */
export const numbers = {
  vi: {
    numberUnderstood: 'Hiểu là {number}',
    numberHow: 'Viết số như {example}',
    numberWhole: 'Phải là số nguyên',
    numberRange: 'Từ {least} đến {most}',
    numberLeast: 'Ít nhất {least}',
  },
  en: {
    numberUnderstood: 'Understood as {number}',
    numberHow: 'Write numbers as {example}',
    numberWhole: 'A whole number is needed',
    numberRange: 'From {least} to {most}',
    numberLeast: 'At least {least}',
  },
};
