/** Whether it can be a company's score. */
export const isScore = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 100;
