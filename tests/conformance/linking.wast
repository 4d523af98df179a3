;; SPDX-License-Identifier: Apache-2.0
;; Components that import what earlier instances export: register.

;; State, functions and strings. The instance has been used before another one is linked with it, and goes on after.
(component $Counter
  (core module $M
    (memory (export "mem") 1)
    (global $n (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256))
    (func (export "add") (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (local.get 0)))
      (global.get $n))
    (func (export "twice") (param i32 i32) (result i32)
      (memory.copy (i32.add (local.get 0) (local.get 1)) (local.get 0) (local.get 1))
      (i32.store (i32.const 8) (local.get 0))
      (i32.store (i32.const 12) (i32.mul (local.get 1) (i32.const 2)))
      (i32.const 8)))
  (core instance $m (instantiate $M))
  (func (export "add") (param "by" u32) (result u32) (canon lift (core func $m "add")))
  (func (export "twice") (param "text" string) (result string)
    (canon lift (core func $m "twice") (memory $m "mem") (realloc (func $m "realloc")))))
(assert_return (invoke "add" (u32.const 5)) (u32.const 5))
(register "counter" $Counter)
(component $User
  (import "counter" (instance $c
    (export "add" (func (param "by" u32) (result u32)))
    (export "twice" (func (param "text" string) (result string)))))
  (core func $add (canon lower (func $c "add")))
  (core module $M
    (import "" "add" (func $add (param i32) (result i32)))
    (global $first (mut i32) (i32.const 0))
    (func $start (global.set $first (call $add (i32.const 10))))
    (start $start)
    (func (export "first") (result i32) (global.get $first))
    (func (export "add2") (param i32) (result i32)
      (drop (call $add (local.get 0)))
      (call $add (local.get 0))))
  (core instance $m (instantiate $M (with "" (instance (export "add" (func $add))))))
  (func (export "first") (result u32) (canon lift (core func $m "first")))
  (func (export "add2") (param "by" u32) (result u32) (canon lift (core func $m "add2")))
  (export "twice" (func $c "twice")))
(assert_return (invoke "first") (u32.const 15))
(assert_return (invoke "add2" (u32.const 3)) (u32.const 21))
(assert_return (invoke $Counter "add" (u32.const 1)) (u32.const 22))
(assert_return (invoke $User "add2" (u32.const 1)) (u32.const 24))
(assert_return (invoke $User "twice" (str.const "ab")) (str.const "abab"))
(assert_return (invoke $Counter "twice" (str.const "xyz")) (str.const "xyzxyz"))

;; Another instance of the same definition has its own state; the name stands for the one registered last.
(component definition $Cell
  (core module $M
    (global $n (mut i32) (i32.const 0))
    (func (export "add") (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (local.get 0)))
      (global.get $n)))
  (core instance $m (instantiate $M))
  (func (export "add") (param "by" u32) (result u32) (canon lift (core func $m "add"))))
(component instance $one $Cell)
(component instance $two $Cell)
(register "cell" $one)
(component definition $Reader
  (import "cell" (instance $c (export "add" (func (param "by" u32) (result u32)))))
  (core func $add (canon lower (func $c "add")))
  (core module $M
    (import "" "add" (func $add (param i32) (result i32)))
    (func (export "add") (param i32) (result i32) (call $add (local.get 0))))
  (core instance $m (instantiate $M (with "" (instance (export "add" (func $add))))))
  (func (export "add") (param "by" u32) (result u32) (canon lift (core func $m "add"))))
(component instance $reads-one $Reader)
(register "cell" $two)
(component instance $reads-two $Reader)
(assert_return (invoke $reads-one "add" (u32.const 1)) (u32.const 1))
(assert_return (invoke $reads-two "add" (u32.const 100)) (u32.const 100))
(assert_return (invoke $one "add" (u32.const 1)) (u32.const 2))
(assert_return (invoke $two "add" (u32.const 1)) (u32.const 101))

;; Resources: made by one, used and dropped by another, destroyed by the first.
(component $Shop
  (core module $D
    (global $gone (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $gone (i32.add (global.get $gone) (local.get 0))))
    (func (export "gone") (result i32) (global.get $gone)))
  (core instance $d (instantiate $D))
  (type $T' (resource (rep i32) (dtor (core func $d "dtor"))))
  (export $T "thing" (type $T'))
  (core func $new (canon resource.new $T'))
  (core func $rep (canon resource.rep $T'))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
  (func (export "[constructor]thing") (param "x" u32) (result (own $T)) (canon lift (core func $m "make")))
  (func (export "[method]thing.value") (param "self" (borrow $T)) (result u32) (canon lift (core func $m "value")))
  (func (export "gone") (result u32) (canon lift (core func $d "gone"))))
(register "test:shop/things" $Shop)
(component $Buyer
  (import "test:shop/things" (instance $s
    (export "thing" (type $T (sub resource)))
    (export "[constructor]thing" (func (param "x" u32) (result (own $T))))
    (export "[method]thing.value" (func (param "self" (borrow $T)) (result u32)))))
  (alias export $s "thing" (type $T))
  (core func $new (canon lower (func $s "[constructor]thing")))
  (core func $value (canon lower (func $s "[method]thing.value")))
  (core func $drop (canon resource.drop $T))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "value" (func $value (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "look") (param i32) (result i32) (local $h i32) (local $v i32)
      (local.set $h (call $new (local.get 0)))
      (local.set $v (call $value (local.get $h)))
      (call $drop (local.get $h))
      (local.get $v)))
  (core instance $m (instantiate $M (with "" (instance
    (export "new" (func $new)) (export "value" (func $value)) (export "drop" (func $drop))))))
  (func (export "look") (param "x" u32) (result u32) (canon lift (core func $m "look"))))
(assert_return (invoke $Buyer "look" (u32.const 40)) (u32.const 40))
(assert_return (invoke $Buyer "look" (u32.const 2)) (u32.const 2))
(assert_return (invoke $Shop "gone") (u32.const 42))

;; Streams: written by one instance, read by another; and types that both name.
(component $Source
  (core module $Memory (memory (export "mem") 1) (data (i32.const 16) "\01\02\03\04\05"))
  (core instance $memory (instantiate $Memory))
  (type $s (stream u8))
  (core func $new (canon stream.new $s))
  (core func $write (canon stream.write $s async (memory $memory "mem")))
  (core func $close (canon stream.drop-writable $s))
  (core func $return (canon task.return (result $s)))
  (core func $join (canon waitable.join))
  (core func $set (canon waitable-set.new))
  (core module $M
    (import "" "mem" (memory 1))
    (import "" "new" (func $new (result i64)))
    (import "" "write" (func $write (param i32 i32 i32) (result i32)))
    (import "" "close" (func $close (param i32)))
    (import "" "return" (func $return (param i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "set" (func $set (result i32)))
    (global $w (mut i32) (i32.const 0))
    (func (export "open") (result i32) (local $both i64) (local $waits i32)
      (local.set $both (call $new))
      (global.set $w (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
      (call $return (i32.wrap_i64 (local.get $both)))
      (if (i32.ne (call $write (global.get $w) (i32.const 16) (i32.const 5)) (i32.const -1)) (then unreachable))
      (local.set $waits (call $set))
      (call $join (global.get $w) (local.get $waits))
      (i32.or (i32.const 2) (i32.shl (local.get $waits) (i32.const 4))))
    (func (export "written") (param $event i32) (param $end i32) (param $payload i32) (result i32)
      (if (i32.ne (local.get $event) (i32.const 3)) (then unreachable))
      (call $close (global.get $w))
      (i32.const 0)))
  (core instance $m (instantiate $M (with "" (instance
    (export "mem" (memory $memory "mem")) (export "new" (func $new)) (export "write" (func $write))
    (export "close" (func $close)) (export "return" (func $return)) (export "join" (func $join))
    (export "set" (func $set))))))
  (func (export "open") async (result $s)
    (canon lift (core func $m "open") async (callback (func $m "written")))))
(register "source" $Source)
(component $Sum
  (import "source" (instance $s (export "open" (func async (result (stream u8))))))
  (core module $Memory (memory (export "mem") 1))
  (core instance $memory (instantiate $Memory))
  (type $st (stream u8))
  (core func $open (canon lower (func $s "open") (memory $memory "mem")))
  (core func $read (canon stream.read $st (memory $memory "mem")))
  (core func $close (canon stream.drop-readable $st))
  (core module $M
    (import "" "mem" (memory 1))
    (import "" "open" (func $open (result i32)))
    (import "" "read" (func $read (param i32 i32 i32) (result i32)))
    (import "" "close" (func $close (param i32)))
    (func (export "sum") (result i32) (local $r i32)
      (local.set $r (call $open))
      (drop (call $read (local.get $r) (i32.const 0) (i32.const 8)))
      (call $close (local.get $r))
      (i32.add (i32.load8_u (i32.const 0)) (i32.load8_u (i32.const 4)))))
  (core instance $m (instantiate $M (with "" (instance
    (export "mem" (memory $memory "mem")) (export "open" (func $open)) (export "read" (func $read))
    (export "close" (func $close))))))
  (func (export "sum") async (result u32) (canon lift (core func $m "sum"))))
(assert_return (invoke $Sum "sum") (u32.const 6))

;; An instance that traps while it starts is none; those that it is linked with stay what they are.
(component $Stays
  (core module $M (func (export "f") (result i32) (i32.const 7)))
  (core instance $m (instantiate $M))
  (func (export "f") (result u32) (canon lift (core func $m "f"))))
(register "stays" $Stays)
(assert_trap
  (component
    (import "stays" (instance $s (export "f" (func (result u32)))))
    (core func $f (canon lower (func $s "f")))
    (core module $M
      (import "" "f" (func $f (result i32)))
      (func $start (drop (call $f)) unreachable)
      (start $start))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f)))))))
  "unreachable")
(assert_return (invoke $Stays "f") (u32.const 7))

;; Types that were named by one instance are those of the other.
(component $Types
  (type $p' (record (field "x" s32) (field "y" s32)))
  (export $p "point" (type $p'))
  (core module $M (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $m (instantiate $M))
  (func (export "sum") (param "p" $p) (result s32) (canon lift (core func $m "sum"))))
(register "types" $Types)
(component $Wrap
  (import "types" (instance $t
    (type $p' (record (field "x" s32) (field "y" s32)))
    (export "point" (type $p (eq $p')))
    (export "sum" (func (param "p" $p) (result s32)))))
  (alias export $t "point" (type $p'))
  (export $p "point" (type $p'))
  (export "again" (func $t "sum") (func (param "p" $p) (result s32))))
(assert_return (invoke $Wrap "again" (record.const (field "x" (s32.const -4)) (field "y" (s32.const 9)))) (s32.const 5))

;; What does not fit is refused; the instances around it are linked all the same.
(assert_unlinkable
  (component
    (import "stays" (instance (export "f" (func (result string))))))
  "type mismatch")
(assert_unlinkable
  (component
    (import "stays" (instance (export "g" (func)))))
  "missing")
(assert_return (invoke $Stays "f") (u32.const 7))

;; What no instance serves is left to the host: the clock ticks for both, and one sees the other's function as well.
(component $Clock
  (import "wasi:clocks/monotonic-clock@0.3.0" (instance $c (export "now" (func (result u64)))))
  (core func $now (canon lower (func $c "now")))
  (core module $M
    (import "" "now" (func $now (result i64)))
    (func (export "ticks") (result i32) (i64.ne (call $now) (i64.const 0))))
  (core instance $m (instantiate $M (with "" (instance (export "now" (func $now))))))
  (func (export "ticks") (result bool) (canon lift (core func $m "ticks"))))
(register "test:clock/api@1.0.0" $Clock)
(component $Both
  (import "wasi:clocks/monotonic-clock@0.3.0" (instance $c (export "now" (func (result u64)))))
  (import "test:clock/api@1.0.0" (instance $a (export "ticks" (func (result bool)))))
  (core func $now (canon lower (func $c "now")))
  (core func $ticks (canon lower (func $a "ticks")))
  (core module $M
    (import "" "now" (func $now (result i64)))
    (import "" "ticks" (func $ticks (result i32)))
    (func (export "both") (result i32) (i32.and (call $ticks) (i64.ne (call $now) (i64.const 0)))))
  (core instance $m (instantiate $M (with "" (instance (export "now" (func $now)) (export "ticks" (func $ticks))))))
  (func (export "both") (result bool) (canon lift (core func $m "both"))))
(assert_return (invoke $Both "both") (bool.const true))
