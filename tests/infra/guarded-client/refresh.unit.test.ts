import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { metaRefresh, refreshTarget } from "../../../infra/guarded-client/refresh.ts"

describe("a refresh", () => {
  it.each([
    ["0; url=https://a.example/", "https://a.example/"],
    ["0;URL='/b'", "/b"],
    ['3 , url = "/c" trailing', "/c"],
    ["0.5;url=/d", "/d"],
    [".5;url=/e", "/e"],
    ["0 /f", "/f"],
    ["5", undefined],
    ["", undefined],
    ["url=/no-delay", undefined],
    ["600;url=/news", undefined]
  ])("%s leads to %s", (content, target) => {
    expect(refreshTarget(content)).toBe(target)
  })
})

describe("a page's own refresh", () => {
  it.each([
    [`<meta http-equiv="refresh" content="0;url=/a">`, "/a"],
    [`<META CONTENT='0;url=/b' HTTP-EQUIV='Refresh'/>`, "/b"],
    [`<meta http-equiv=refresh content=0;url=/c>`, "/c"],
    [
      `<meta http-equiv="refresh" content="0;url=https&#58;&sol;&#x2f;d.example/?a=1&amp;b=2">`,
      "https://d.example/?a=1&b=2"
    ],
    [`<meta\nhttp-equiv = "refresh"\ncontent = "0; url=/e"`, "/e"],
    [`<meta name="x>y" http-equiv="refresh" content="0;url=/f">`, "/f"],
    [`<!-- <meta http-equiv="refresh" content="0;url=/no"> -->`, undefined],
    [`<script>"<meta http-equiv=refresh content=0;url=/no>"</script>`, undefined],
    [`<meta http-equiv="content-type" content="0;url=/no">`, undefined],
    [`<meta http-equiv="refresh" content="30">`, undefined]
  ])("is found in %s", (html, target) => {
    expect(metaRefresh(html)).toBe(target)
  })

  it("is looked for in any text, and in hostile ones without effort", () => {
    const pieces = [
      "<meta ",
      "http-equiv",
      "=",
      "refresh",
      '"',
      "'",
      "content",
      "0;url=",
      "<!--",
      "-->",
      "<script",
      ">",
      "&#x41;",
      "&#99999999;",
      " "
    ]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())), (parts) => {
        const found = metaRefresh(parts.join(""))
        expect(found === undefined || found.length > 0).toBe(true)
      })
    )
    const length = 128 * 1024
    for (const piece of [
      "<meta ",
      `<meta "`,
      `<meta '"`,
      "<meta " + "a".repeat(1000),
      "<!--",
      "<script ",
      "</script    ",
      "&#"
    ])
      expect(metaRefresh(piece.repeat(length / piece.length))).toBeUndefined()
  })
})
