/** A QR code as the server drew it. As an image it can neither run nor load anything. */
export function QrCode({ svg, alt }: { readonly svg: string; readonly alt: string }) {
  return (
    <img
      class="qr"
      src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
      alt={alt}
      width="240"
      height="240"
    />
  );
}
