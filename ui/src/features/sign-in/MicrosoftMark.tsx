/** The four squares that people look for on a Microsoft sign-in button. */
export function MicrosoftMark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M0 0h8.5v8.5H0z" fill="#f25022" />
      <path d="M9.5 0H18v8.5H9.5z" fill="#7fba00" />
      <path d="M0 9.5h8.5V18H0z" fill="#00a4ef" />
      <path d="M9.5 9.5H18V18H9.5z" fill="#ffb900" />
    </svg>
  );
}
