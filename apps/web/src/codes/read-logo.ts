/** What the API accepts. */
const MAX_LOGO_BYTES = 200_000;

/** A picture as a data URL, or undefined when it is too large. */
export async function readLogo(file: File): Promise<string | undefined> {
  if (file.size > MAX_LOGO_BYTES) return undefined;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The logo could not be read.'));
    reader.readAsDataURL(file);
  });
}
