// Which number of a picture the pointer is at.

/** Return [row, column]. Args: event: of the pointer; element: the picture, of `rows` times `columns` numbers. */
export function pointedAt(event, element, rows, columns) {
  const { top, left, width, height } = element.getBoundingClientRect();
  const at = (share, of) => Math.max(0, Math.min(of - 1, Math.floor(share * of)));
  return [at((event.clientY - top) / height, rows), at((event.clientX - left) / width, columns)];
}
