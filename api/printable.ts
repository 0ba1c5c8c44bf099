/**
 * `text` as a terminal may show it, with control characters written out: what comes from a file, a server or a cluster must
 * not move the cursor of who reads it, nor do anything else to the terminal.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    // JSON leaves the controls above ASCII as they are, and terminals obey them: U+009B begins a sequence as ESC [ does.
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
