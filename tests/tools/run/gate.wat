;; SPDX-License-Identifier: Apache-2.0
;; A component that closes its gate, and one that calls it meanwhile, works on for a while, and has the gate opened.
(component
  (component $Callee
    (core module $M
      (import "" "return" (func $return))
      (import "" "inc" (func $inc))
      (import "" "dec" (func $dec))
      (func (export "work") (result i32) (call $return) (i32.const 0))
      (func (export "work-cb") (param i32 i32 i32) (result i32) unreachable)
      (func (export "close") (call $inc))
      (func (export "open") (call $dec)))
    (core func $return (canon task.return))
    (core func $inc (canon backpressure.inc))
    (core func $dec (canon backpressure.dec))
    (core instance $m (instantiate $M (with "" (instance
      (export "return" (func $return)) (export "inc" (func $inc)) (export "dec" (func $dec))))))
    (func (export "work") async (canon lift (core func $m "work") async (callback (func $m "work-cb"))))
    (func (export "close") (canon lift (core func $m "close")))
    (func (export "open") (canon lift (core func $m "open"))))
  (component $Caller
    (import "c" (instance $c
      (export "work" (func async)) (export "close" (func)) (export "open" (func))))
    (core module $M
      (import "" "work" (func $work (result i32)))
      (import "" "close" (func $close))
      (import "" "open" (func $open))
      (import "" "yield" (func $yield (result i32)))
      (func (export "gate") (local $k i64)
        (call $close)
        (drop (call $work))
        (loop $again
          (local.set $k (i64.add (i64.mul (local.get $k) (i64.const 3)) (i64.const 1)))
          (br_if $again (i64.ne (i64.and (local.get $k) (i64.const 0x1ffffff)) (i64.const 0))))
        (call $open)
        (drop (call $yield))))
    (core func $work (canon lower (func $c "work") async))
    (core func $close (canon lower (func $c "close")))
    (core func $open (canon lower (func $c "open")))
    (core func $yield (canon thread.yield))
    (core instance $m (instantiate $M (with "" (instance
      (export "work" (func $work)) (export "close" (func $close)) (export "open" (func $open))
      (export "yield" (func $yield))))))
    (func (export "gate") async (canon lift (core func $m "gate"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "c" (instance $callee))))
  (func (export "gate") (alias export $caller "gate")))
