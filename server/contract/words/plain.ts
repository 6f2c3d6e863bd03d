/** Text of unknown origin made fit to stand in one line of a message. */

/** One line without control and direction characters, at most `most` UTF-16 units long; what is cut off ends in an ellipsis. */
export function oneLine(text: string, most: number): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/ {2,}/g, " ")
    .trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
