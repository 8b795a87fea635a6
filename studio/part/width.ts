// The width that an element has on the page, so that pictures are drawn at their real size and their letters stay readable on a phone.
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export function useWidth(holder: RefObject<HTMLElement | null>, first: number): number {
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.round(entry!.contentRect.width);
      if (now > 0) setWidth(now);
    });
    observer.observe(holder.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
