/** Hunter's own mark: a target that has been found. */
export function Mark({ className }: { className?: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--colorBrandBackground)" />
      <g fill="none" stroke="var(--colorNeutralForegroundOnBrand)" strokeWidth="2.2" strokeLinecap="round">
        <path d="M16 6.5a9.5 9.5 0 1 0 9.5 9.5" />
        <path d="M16 11.2a4.8 4.8 0 1 0 4.8 4.8" />
        <path d="M16 16 25.5 6.5" />
        <path d="M21.6 6.4v4h4" />
      </g>
    </svg>
  );
}
