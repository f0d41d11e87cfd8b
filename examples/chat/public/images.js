const LONGEST_SIDE = 1600;

/** The picture as it is when it fits, else a smaller JPEG of it; rejects what is no picture. */
export async function fitting(file, maxBytes) {
  const picture = await createImageBitmap(file);
  if (file.size <= maxBytes) return file;
  for (let side = LONGEST_SIDE; side >= 200; side /= 2) {
    const blob = await scaled(picture, side);
    if (blob.size <= maxBytes) return blob;
  }
  throw new Error('too large');
}

function scaled(picture, side) {
  const factor = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * factor);
  canvas.height = Math.round(picture.height * factor);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
}
