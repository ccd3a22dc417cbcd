/** Of fields of numbers. */
export const numbers = {
  vi: {
    numberUnderstood: 'Số đã nhập: {number}',
    numberHow: 'Viết số như {example}',
    numberWhole: 'Phải là số nguyên',
    numberRange: 'Từ {least} đến {most}',
    numberLeast: 'Ít nhất {least}',
  },
  en: {
    numberUnderstood: 'Entered: {number}',
    numberHow: 'Write numbers as {example}',
    numberWhole: 'A whole number is needed',
    numberRange: 'From {least} to {most}',
    numberLeast: 'At least {least}',
  },
};
