/** `0.4s`, `12s`, `3m 20s`, `2h 5m`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
}

/** From RFC 3339 to RFC 3339; empty while it has not begun or not ended. */
export const between = (start: string | null, end: string | null): string =>
  start === null || end === null ? '' : durationText(Date.parse(end) - Date.parse(start));

/** `2026-11-23 15:04:05Z`, in UTC like every time that we print; `--since` takes it as it stands. */
export const timeText = (time: string): string => `${time.slice(0, 19).replace('T', ' ')}Z`;
