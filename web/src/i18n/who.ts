/** Who did something, where that is nobody with a name of their own. */
export const who = {
  vi: {
    whoRoom: 'Phòng điều hành',
    whoSimulator: 'Mô phỏng',
    whoCatalogue: 'Danh mục đi kèm',
    whoVisitor: 'Khách chưa đăng nhập',
  },
  en: {
    whoRoom: 'The operations room',
    whoSimulator: 'The simulation',
    whoCatalogue: 'The catalogue that is shipped',
    whoVisitor: 'A visitor who did not sign in',
  },
};
