;; SPDX-License-Identifier: Apache-2.0
;; Strings: what is one in each encoding and what is not, where they may lie, and how room for them is asked for when they
;; pass from one encoding to another.

;; $Out returns the bytes at an address to the host.
(component definition $Out
  (core module $M
    (memory (export "mem") 1)
    (data (i32.const 0) "abc")
    (data (i32.const 16) "\c3\a9\e2\82\ac\f0\9f\98\80\f4\8f\bf\bf\ed\9f\bf\ee\80\80")
    (data (i32.const 64) "\c3\28")              ;; the second byte is none
    (data (i32.const 72) "\80")                 ;; begins in the middle
    (data (i32.const 80) "\c0\80")              ;; too long for what it says
    (data (i32.const 88) "\e0\80\80")
    (data (i32.const 96) "\f0\80\80\80")
    (data (i32.const 104) "\ed\a0\80")          ;; a surrogate
    (data (i32.const 112) "\f4\90\80\80")       ;; beyond the last code point
    (data (i32.const 120) "\ff")
    (data (i32.const 128) "abcdefgh\e2\82")     ;; ends too early
    (data (i32.const 144) "abcdefghabcdefgh\e2")
    (data (i32.const 256) "a\00\e9\00\ac\20\3d\d8\00\de")
    (data (i32.const 272) "\3d\d8")             ;; half a pair
    (data (i32.const 274) "a\00")
    (data (i32.const 280) "\00\de\3d\d8")       ;; a pair the wrong way round
    (data (i32.const 288) "a\e9\ff\80")
    (data (i32.const 65532) "last")
    (func (export "at") (param i32 i32) (result i32)
      (i32.store (i32.const 32768) (local.get 0))
      (i32.store (i32.const 32772) (local.get 1))
      (i32.const 32768)))
  (core instance $m (instantiate $M))
  (func (export "utf8") (param "at" u32) (param "units" u32) (result string)
    (canon lift (core func $m "at") (memory $m "mem")))
  (func (export "utf16") (param "at" u32) (param "units" u32) (result string)
    (canon lift (core func $m "at") string-encoding=utf16 (memory $m "mem")))
  (func (export "latin1") (param "at" u32) (param "units" u32) (result string)
    (canon lift (core func $m "at") string-encoding=latin1+utf16 (memory $m "mem"))))

(component instance $i $Out)
(assert_return (invoke "utf8" (u32.const 0) (u32.const 3)) (str.const "abc"))
(assert_return (invoke "utf8" (u32.const 0) (u32.const 0)) (str.const ""))
(assert_return (invoke "utf8" (u32.const 65536) (u32.const 0)) (str.const ""))
(assert_return (invoke "utf8" (u32.const 65532) (u32.const 4)) (str.const "last"))
(assert_return (invoke "utf8" (u32.const 1) (u32.const 2)) (str.const "bc"))
;; @covers string-utf8
(assert_return (invoke "utf8" (u32.const 16) (u32.const 19)) (str.const "\u{e9}\u{20ac}\u{1f600}\u{10ffff}\u{d7ff}\u{e000}"))
;; @covers string-utf16
(assert_return (invoke "utf16" (u32.const 256) (u32.const 5)) (str.const "a\u{e9}\u{20ac}\u{1f600}"))
(assert_return (invoke "utf16" (u32.const 65536) (u32.const 0)) (str.const ""))
(assert_return (invoke "utf16" (u32.const 65532) (u32.const 2)) (str.const "\u{616c}\u{7473}"))
;; @covers string-latin1
(assert_return (invoke "latin1" (u32.const 288) (u32.const 4)) (str.const "a\u{e9}\u{ff}\u{80}"))
;; @covers string-tagged
(assert_return (invoke "latin1" (u32.const 256) (u32.const 0x80000005)) (str.const "a\u{e9}\u{20ac}\u{1f600}"))
(assert_return (invoke "latin1" (u32.const 0) (u32.const 0x80000000)) (str.const ""))
(assert_return (invoke "latin1" (u32.const 65532) (u32.const 4)) (str.const "last"))
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 64) (u32.const 2)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 72) (u32.const 1)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 80) (u32.const 2)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 88) (u32.const 3)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 96) (u32.const 4)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 104) (u32.const 3)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 112) (u32.const 4)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 120) (u32.const 1)) "invalid utf-8")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 16) (u32.const 1)) "incomplete utf-8 byte sequence")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 128) (u32.const 10)) "incomplete utf-8 byte sequence")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 144) (u32.const 17)) "incomplete utf-8 byte sequence")
(component instance $i $Out)
(assert_trap (invoke "utf16" (u32.const 272) (u32.const 1)) "unpaired surrogate found")
(component instance $i $Out)
(assert_trap (invoke "utf16" (u32.const 272) (u32.const 2)) "unpaired surrogate found")
(component instance $i $Out)
(assert_trap (invoke "utf16" (u32.const 280) (u32.const 2)) "unpaired surrogate found")
(component instance $i $Out)
(assert_trap (invoke "latin1" (u32.const 272) (u32.const 0x80000002)) "unpaired surrogate found")
(component instance $i $Out)
;; @covers string-utf16-unaligned
(assert_trap (invoke "utf16" (u32.const 257) (u32.const 1)) "unaligned pointer")
(component instance $i $Out)
;; Of no units, too.
(assert_trap (invoke "utf16" (u32.const 1) (u32.const 0)) "unaligned pointer")
(component instance $i $Out)
;; Latin-1 must be aligned as UTF-16 is.
;; @covers string-latin1-unaligned
(assert_trap (invoke "latin1" (u32.const 289) (u32.const 1)) "unaligned pointer")
(component instance $i $Out)
(assert_trap (invoke "latin1" (u32.const 257) (u32.const 0x80000001)) "unaligned pointer")
(component instance $i $Out)
;; @covers string-utf8-bounds
(assert_trap (invoke "utf8" (u32.const 65533) (u32.const 4)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 65537) (u32.const 0)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 0xffffffff) (u32.const 1)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
;; @covers string-utf16-bounds
(assert_trap (invoke "utf16" (u32.const 65534) (u32.const 2)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
(assert_trap (invoke "latin1" (u32.const 65534) (u32.const 3)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
;; @covers string-tagged-bounds
(assert_trap (invoke "latin1" (u32.const 65534) (u32.const 0x80000002)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
;; 2^28-1 bytes are not too long, though more than there are.
(assert_trap (invoke "utf8" (u32.const 0) (u32.const 0x0fffffff)) "string pointer/length out of bounds of memory")
(component instance $i $Out)
;; @covers string-utf8-long
(assert_trap (invoke "utf8" (u32.const 0) (u32.const 0x10000000)) "string too long")
(component instance $i $Out)
(assert_trap (invoke "utf8" (u32.const 0) (u32.const 0xffffffff)) "string too long")
(component instance $i $Out)
;; @covers string-utf16-long
(assert_trap (invoke "utf16" (u32.const 0) (u32.const 0x08000000)) "string too long")
(component instance $i $Out)
(assert_trap (invoke "utf16" (u32.const 0) (u32.const 0x80000000)) "string too long")
(component instance $i $Out)
(assert_trap (invoke "latin1" (u32.const 0) (u32.const 0x10000000)) "string too long")
(component instance $i $Out)
;; @covers string-tagged-long
(assert_trap (invoke "latin1" (u32.const 0) (u32.const 0x88000000)) "string too long")
(component instance $i $Out)
(assert_trap (invoke "latin1" (u32.const 0) (u32.const 0xffffffff)) "string too long")

;; $Giver holds strings in all encodings; $Taker notes its realloc's old size, alignment and new size as three digits each,
;; and says them as the result.
(component definition $Pass
  (component $Taker
    (core module $M
      (memory (export "mem") 1)
      (global $log (mut i64) (i64.const 0))
      (global $next (mut i32) (i32.const 4096))
      (global $bad (mut i32) (i32.const 0))
      (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
        (local $at i32)
        (global.set $log (i64.add (i64.mul (global.get $log) (i64.const 1000)) (i64.extend_i32_u
          (i32.add (i32.mul (local.get $old-size) (i32.const 100))
            (i32.add (i32.mul (local.get $align) (i32.const 10)) (local.get $size))))))
        (if (global.get $bad) (then (return (global.get $bad))))
        (local.set $at (global.get $next))
        (memory.copy (local.get $at) (local.get $old)
          (select (local.get $old-size) (local.get $size) (i32.lt_u (local.get $old-size) (local.get $size))))
        (global.set $next (i32.add (local.get $at) (i32.const 32)))
        (local.get $at))
      ;; The log, and the code units as they came.
      (func (export "take") (param i32 i32) (result i64) (local $log i64)
        (i64.store (i32.const 8) (i64.load (local.get 0)))
        (i32.store (i32.const 16) (local.get 1))
        (local.set $log (global.get $log))
        (global.set $log (i64.const 0))
        (local.get $log))
      (func (export "units") (result i32) (i32.load (i32.const 16)))
      (func (export "bytes") (result i64) (i64.load (i32.const 8)))
      (func (export "spoil") (param i32) (global.set $bad (local.get 0))))
    (core instance $m (instantiate $M))
    (func (export "take-8") (param "s" string) (result u64)
      (canon lift (core func $m "take") (memory $m "mem") (realloc (func $m "realloc"))))
    (func (export "take-16") (param "s" string) (result u64)
      (canon lift (core func $m "take") string-encoding=utf16 (memory $m "mem") (realloc (func $m "realloc"))))
    (func (export "take-1") (param "s" string) (result u64)
      (canon lift (core func $m "take") string-encoding=latin1+utf16 (memory $m "mem") (realloc (func $m "realloc"))))
    (func (export "units") (result u32) (canon lift (core func $m "units")))
    (func (export "bytes") (result u64) (canon lift (core func $m "bytes")))
    (func (export "spoil") (param "with" u32) (canon lift (core func $m "spoil"))))
  (component $Giver
    (import "t" (instance $t
      (export "take-8" (func (param "s" string) (result u64)))
      (export "take-16" (func (param "s" string) (result u64)))
      (export "take-1" (func (param "s" string) (result u64)))))
    (core module $Memory
      (memory (export "mem") 1)
      (data (i32.const 0) "abc")
      (data (i32.const 8) "\c3\a9")                     ;; e acute
      (data (i32.const 16) "a\e2\82\ac")                ;; a, euro
      (data (i32.const 24) "\c3\28")
      (data (i32.const 32) "\e9\00")                    ;; e acute in utf16
      (data (i32.const 40) "\ac\20")                    ;; euro
      (data (i32.const 48) "a\00b\00")
      (data (i32.const 56) "\00\de")
      (data (i32.const 64) "\e9")                       ;; e acute in latin1
      (data (i32.const 72) "a\e9")
      (data (i32.const 80) "\f0\9f\98\80"))             ;; beyond the basic plane
    (core instance $memory (instantiate $Memory))
    (core func $take-8-8 (canon lower (func $t "take-8") (memory $memory "mem")))
    (core func $take-16-8 (canon lower (func $t "take-16") (memory $memory "mem")))
    (core func $take-1-8 (canon lower (func $t "take-1") (memory $memory "mem")))
    (core func $take-8-16 (canon lower (func $t "take-8") string-encoding=utf16 (memory $memory "mem")))
    (core func $take-16-16 (canon lower (func $t "take-16") string-encoding=utf16 (memory $memory "mem")))
    (core func $take-1-16 (canon lower (func $t "take-1") string-encoding=utf16 (memory $memory "mem")))
    (core func $take-8-1 (canon lower (func $t "take-8") string-encoding=latin1+utf16 (memory $memory "mem")))
    (core func $take-16-1 (canon lower (func $t "take-16") string-encoding=latin1+utf16 (memory $memory "mem")))
    (core func $take-1-1 (canon lower (func $t "take-1") string-encoding=latin1+utf16 (memory $memory "mem")))
    (core module $M
      (import "" "8-to-8" (func $8-to-8 (param i32 i32) (result i64)))
      (import "" "8-to-16" (func $8-to-16 (param i32 i32) (result i64)))
      (import "" "8-to-1" (func $8-to-1 (param i32 i32) (result i64)))
      (import "" "16-to-8" (func $16-to-8 (param i32 i32) (result i64)))
      (import "" "16-to-16" (func $16-to-16 (param i32 i32) (result i64)))
      (import "" "16-to-1" (func $16-to-1 (param i32 i32) (result i64)))
      (import "" "1-to-8" (func $1-to-8 (param i32 i32) (result i64)))
      (import "" "1-to-16" (func $1-to-16 (param i32 i32) (result i64)))
      (import "" "1-to-1" (func $1-to-1 (param i32 i32) (result i64)))
      (func (export "from-8-to-8") (param i32 i32) (result i64) (call $8-to-8 (local.get 0) (local.get 1)))
      (func (export "from-8-to-16") (param i32 i32) (result i64) (call $8-to-16 (local.get 0) (local.get 1)))
      (func (export "from-8-to-1") (param i32 i32) (result i64) (call $8-to-1 (local.get 0) (local.get 1)))
      (func (export "from-16-to-8") (param i32 i32) (result i64) (call $16-to-8 (local.get 0) (local.get 1)))
      (func (export "from-16-to-16") (param i32 i32) (result i64) (call $16-to-16 (local.get 0) (local.get 1)))
      (func (export "from-16-to-1") (param i32 i32) (result i64) (call $16-to-1 (local.get 0) (local.get 1)))
      (func (export "from-1-to-8") (param i32 i32) (result i64) (call $1-to-8 (local.get 0) (local.get 1)))
      (func (export "from-1-to-16") (param i32 i32) (result i64) (call $1-to-16 (local.get 0) (local.get 1)))
      (func (export "from-1-to-1") (param i32 i32) (result i64) (call $1-to-1 (local.get 0) (local.get 1))))
    (core instance $m (instantiate $M (with "" (instance
      (export "8-to-8" (func $take-8-8)) (export "8-to-16" (func $take-16-8)) (export "8-to-1" (func $take-1-8))
      (export "16-to-8" (func $take-8-16)) (export "16-to-16" (func $take-16-16)) (export "16-to-1" (func $take-1-16))
      (export "1-to-8" (func $take-8-1)) (export "1-to-16" (func $take-16-1)) (export "1-to-1" (func $take-1-1))))))
    (func (export "from-8-to-8") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-8-to-8")))
    (func (export "from-8-to-16") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-8-to-16")))
    (func (export "from-8-to-1") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-8-to-1")))
    (func (export "from-16-to-8") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-16-to-8")))
    (func (export "from-16-to-16") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-16-to-16")))
    (func (export "from-16-to-1") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-16-to-1")))
    (func (export "from-1-to-8") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-1-to-8")))
    (func (export "from-1-to-16") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-1-to-16")))
    (func (export "from-1-to-1") (param "at" u32) (param "units" u32) (result u64) (canon lift (core func $m "from-1-to-1"))))
  (instance $taker (instantiate $Taker))
  (instance $giver (instantiate $Giver (with "t" (instance $taker))))
  (func (export "from-8-to-8") (alias export $giver "from-8-to-8"))
  (func (export "from-8-to-16") (alias export $giver "from-8-to-16"))
  (func (export "from-8-to-1") (alias export $giver "from-8-to-1"))
  (func (export "from-16-to-8") (alias export $giver "from-16-to-8"))
  (func (export "from-16-to-16") (alias export $giver "from-16-to-16"))
  (func (export "from-16-to-1") (alias export $giver "from-16-to-1"))
  (func (export "from-1-to-8") (alias export $giver "from-1-to-8"))
  (func (export "from-1-to-16") (alias export $giver "from-1-to-16"))
  (func (export "from-1-to-1") (alias export $giver "from-1-to-1"))
  (func (export "units") (alias export $taker "units"))
  (func (export "bytes") (alias export $taker "bytes"))
  (func (export "spoil") (alias export $taker "spoil")))

(component instance $i $Pass)
;; Copied.
;; @covers from-8-to-8
(assert_return (invoke "from-8-to-8" (u32.const 0) (u32.const 3)) (u64.const 13))
(assert_return (invoke "units") (u32.const 3))
(assert_return (invoke "bytes") (u64.const 0x636261))
;; Twice the bytes, which is what it needs.
;; @covers from-8-to-16
(assert_return (invoke "from-8-to-16" (u32.const 0) (u32.const 3)) (u64.const 26))
(assert_return (invoke "units") (u32.const 3))
(assert_return (invoke "bytes") (u64.const 0x006300620061))
;; Twice the bytes, then what it needed.
(assert_return (invoke "from-8-to-16" (u32.const 8) (u32.const 2)) (u64.const 24422))
(assert_return (invoke "units") (u32.const 1))
(assert_return (invoke "bytes") (u64.const 0xe9))
;; One byte each.
;; @covers from-8-to-1
(assert_return (invoke "from-8-to-1" (u32.const 0) (u32.const 3)) (u64.const 23))
(assert_return (invoke "units") (u32.const 3))
(assert_return (invoke "bytes") (u64.const 0x636261))
;; Two bytes are one character.
(assert_return (invoke "from-8-to-1" (u32.const 8) (u32.const 2)) (u64.const 22221))
(assert_return (invoke "units") (u32.const 1))
(assert_return (invoke "bytes") (u64.const 0xe9))
;; Widened at the euro sign, then shrunk.
(assert_return (invoke "from-8-to-1" (u32.const 16) (u32.const 4)) (u64.const 24428824))
(assert_return (invoke "units") (u32.const 0x80000002))
(assert_return (invoke "bytes") (u64.const 0x20ac0061))
;; One byte for each unit was enough.
;; @covers from-16-to-8
(assert_return (invoke "from-16-to-8" (u32.const 48) (u32.const 2)) (u64.const 12))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0x6261))
;; It was not: three for each, then what it needed.
(assert_return (invoke "from-16-to-8" (u32.const 32) (u32.const 1)) (u64.const 11113312))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0xa9c3))
;; All three were needed.
(assert_return (invoke "from-16-to-8" (u32.const 40) (u32.const 1)) (u64.const 11113))
(assert_return (invoke "units") (u32.const 3))
(assert_return (invoke "bytes") (u64.const 0xac82e2))
;; Copied.
;; @covers from-16-to-16
(assert_return (invoke "from-16-to-16" (u32.const 32) (u32.const 1)) (u64.const 22))
(assert_return (invoke "units") (u32.const 1))
(assert_return (invoke "bytes") (u64.const 0xe9))
;; Narrow.
;; @covers from-16-to-1
(assert_return (invoke "from-16-to-1" (u32.const 32) (u32.const 1)) (u64.const 21))
(assert_return (invoke "units") (u32.const 1))
(assert_return (invoke "bytes") (u64.const 0xe9))
;; Not narrow.
(assert_return (invoke "from-16-to-1" (u32.const 40) (u32.const 1)) (u64.const 21122))
(assert_return (invoke "units") (u32.const 0x80000001))
(assert_return (invoke "bytes") (u64.const 0x20ac))
;; Two for each, which it needed.
;; @covers from-1-to-8
(assert_return (invoke "from-1-to-8" (u32.const 64) (u32.const 1)) (u64.const 11112))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0xa9c3))
;; Two for each, then what it needed.
(assert_return (invoke "from-1-to-8" (u32.const 72) (u32.const 2)) (u64.const 12214413))
(assert_return (invoke "units") (u32.const 3))
(assert_return (invoke "bytes") (u64.const 0xa9c361))
;; Wide, and all of it ASCII.
(assert_return (invoke "from-1-to-8" (u32.const 48) (u32.const 0x80000002)) (u64.const 12))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0x6261))
;; Widened.
;; @covers from-1-to-16
(assert_return (invoke "from-1-to-16" (u32.const 72) (u32.const 2)) (u64.const 24))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0x00e90061))
;; Wide as it was.
(assert_return (invoke "from-1-to-16" (u32.const 40) (u32.const 0x80000001)) (u64.const 22))
(assert_return (invoke "units") (u32.const 1))
(assert_return (invoke "bytes") (u64.const 0x20ac))
;; Copied.
;; @covers from-1-to-1
(assert_return (invoke "from-1-to-1" (u32.const 72) (u32.const 2)) (u64.const 22))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0xe961))
;; Wide it stays.
(assert_return (invoke "from-1-to-1" (u32.const 40) (u32.const 0x80000001)) (u64.const 22))
(assert_return (invoke "units") (u32.const 0x80000001))
(assert_return (invoke "bytes") (u64.const 0x20ac))
;; Wide, though it need not be: narrowed.
(assert_return (invoke "from-1-to-1" (u32.const 48) (u32.const 0x80000002)) (u64.const 24412))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0x6261))
;; A pair.
(assert_return (invoke "from-8-to-16" (u32.const 80) (u32.const 4)) (u64.const 28824))
(assert_return (invoke "units") (u32.const 2))
(assert_return (invoke "bytes") (u64.const 0xde00d83d))

;; Source and room out of place.
(component instance $i $Pass)
(assert_trap (invoke "from-8-to-16" (u32.const 24) (u32.const 2)) "invalid utf-8")
(component instance $i $Pass)
(assert_trap (invoke "from-16-to-8" (u32.const 56) (u32.const 1)) "unpaired surrogate found")
(component instance $i $Pass)
(assert_trap (invoke "from-16-to-16" (u32.const 56) (u32.const 1)) "unpaired surrogate found")
(component instance $i $Pass)
(assert_trap (invoke "from-8-to-8" (u32.const 24) (u32.const 2)) "invalid utf-8")
(component instance $i $Pass)
(assert_trap (invoke "from-8-to-8" (u32.const 65535) (u32.const 2)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_trap (invoke "from-16-to-8" (u32.const 65536) (u32.const 1)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_trap (invoke "from-1-to-16" (u32.const 65530) (u32.const 0x80000004)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_trap (invoke "from-16-to-1" (u32.const 33) (u32.const 1)) "unaligned pointer")
(component instance $i $Pass)
(assert_trap (invoke "from-1-to-8" (u32.const 65) (u32.const 1)) "unaligned pointer")
(component instance $i $Pass)
(assert_trap (invoke "from-8-to-8" (u32.const 0) (u32.const 0x10000000)) "string too long")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 4097)))
(assert_trap (invoke "from-8-to-16" (u32.const 0) (u32.const 3)) "unaligned pointer")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 4099)))
(assert_trap (invoke "from-8-to-1" (u32.const 0) (u32.const 3)) "unaligned pointer")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 65534)))
(assert_trap (invoke "from-8-to-8" (u32.const 0) (u32.const 3)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 65532)))
(assert_trap (invoke "from-8-to-16" (u32.const 0) (u32.const 3)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 65535)))
(assert_trap (invoke "from-16-to-8" (u32.const 48) (u32.const 2)) "string content out-of-bounds")
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 65534)))
(assert_trap (invoke "from-1-to-1" (u32.const 48) (u32.const 0x80000002)) "string content out-of-bounds")
;; The first room was good for two bytes, the second is not for six.
(component instance $i $Pass)
(assert_return (invoke "spoil" (u32.const 65535)))
(assert_trap (invoke "from-16-to-8" (u32.const 32) (u32.const 1)) "string content out-of-bounds")
