(* SPDX-License-Identifier: Apache-2.0 *)
(* The models of the component runtime beside src/component: the built-ins are called as code of small instances. *)

open Common

external c_stream : int -> int -> int -> int -> int = "oracle_stream"
external c_future : int -> int -> int -> int -> int = "oracle_future"
external c_sets : int -> int -> int -> int -> int = "oracle_sets"

let blocked = -1 and trapped = -2 and refused = -3
let instances = 3 and bytes = 32

(* True now and then: whether to do what makes no sense. *)
let folly () = roll 40 = 0

module Instances = struct
  open Instance_model
  let code_of = function COMPLETED -> 0 | DROPPED -> 1 | CANCELLED -> 2
  let code = function
    | Refused -> refused | Trapped | Says Trap -> trapped | Says Blocked -> blocked | Says Quiet -> 0
    | Says (Done (r, n)) -> code_of r + 16 * n

  (* The same memories, so that looking at them does not take longer with each operation. *)
  let settle w =
    let a = Array.init instances (fun i -> Array.init bytes (w.mem i)) in
    { w with mem = fun i k -> if i < instances && k < bytes then a.(i).(k) else 0 }
  let state w =
    let sum i = List.fold_left (fun s a -> (s * 31 + w.mem i a) land 0x3fffffff) 0 (List.init bytes Fun.id) in
    List.concat (List.init instances (fun i -> [Bool.to_int (w.dead i); sum i]))

  let side w x = match x with R -> w.str.rd | W -> w.str.wr
  let held w x = match x with R -> w.hr | W -> w.hw

  let round () =
    let size = 1 + roll 3 and number = roll 4 > 0 in
    ignore (c_stream 0 0 size (Bool.to_int number + 2 * roll 2));
    let w = ref init0 in
    let who ?(other = 0) ?(sync = false) i x =
      i + 16 * other + 256 * (match x with R -> 0 | W -> 1) + 512 * Bool.to_int sync in
    let apply o =
      let w', a = step0 size bytes number !w o in
      w := settle w';
      code a in
    let step_to name o call =
      let s = apply o in
      let got = call () in
      agree "instance" name (s, state !w) (got, said ()) in
    let waits x = (held !w x).alone && (side !w x).state = COPYING in
    let tick () =
      (* The synchronous copies that have their event: one of them returns; nobody if there is none. *)
      let ready = List.filter (fun x -> waits x && not (side !w x).gone && (side !w x).event <> None) [R; W] in
      let got = c_stream 9 0 0 0 in
      let answer = said () in
      match ready, got with
      | [], _ -> agree "instance" "tick" (2, 0 :: state !w) (got, answer)
      | _, (0 | 1) ->
        let x = if got = 0 then R else W in
        let s = if List.mem x ready then apply (IEvent ((held !w x).holder, x)) else trapped in
        agree "instance" "tick" (got, s :: state !w) (got, answer)
      | _ -> agree "instance" "tick" (0, state !w) (got, answer) in
    let k = ref 0 in
    while !k < 80 && not ((side !w R).gone && (side !w W).gone && !k > 3) do
      incr k;
      let x = if Random.bool () then R else W in
      let i = if folly () then roll instances else (held !w x).holder in
      let state = (side !w x).state in
      match roll 26 with
      | n when n < 9 && (state = IDLE || folly ()) ->
        let n = (match roll 6 with 0 | 1 -> 0 | 2 -> roll (2 + bytes / size) | _ -> roll 5) in
        let p = if folly () || n * size > bytes then roll (bytes + 4) else roll (bytes + 1 - n * size) in
        let y = roll 5 = 0 in
        (match x with
         | R -> step_to "read" (IRead (i, p, n, y)) (fun () -> c_stream 1 (who ~sync:y i R) p n)
         | W -> step_to "write" (IWrite (i, p, n, y)) (fun () -> c_stream 2 (who ~sync:y i W) p n))
      | n when n < 14 && not (waits x) -> step_to "event" (IEvent (i, x)) (fun () -> c_stream 3 (who i x) 0 0)
      | 14 | 15 when (state = COPYING && not (waits x)) || folly () ->
        step_to "cancel" (ICancel (i, x)) (fun () -> c_stream 4 (who ~sync:(Random.bool ()) i x) 0 0)
      | 16 when (state <> COPYING && roll 4 = 0) || folly () ->
        step_to "drop" (IDrop (i, x)) (fun () -> c_stream 5 (who i x) 0 0)
      | 17 | 18 when (x = R && state = IDLE) || folly () ->
        let j = roll instances in
        let i = if folly () then i else !w.hr.holder in
        step_to "give" (IGive (i, j)) (fun () -> c_stream 6 (who ~other:j i R) 0 0)
      | 19 | 20 | 21 -> let i = roll instances and a = roll bytes and b = roll 256 in
        step_to "poke" (IPoke (i, a, b)) (fun () -> c_stream 7 (who i R) a b)
      | 22 when roll 20 = 0 -> let j = if Random.bool () then i else roll instances in
        step_to "fault" (IFault (i, j)) (fun () -> c_stream 8 (who ~other:j i R) 0 0)
      | _ -> tick ()
    done
end

module Futures = struct
  open Future_model
  let code_of = function COMPLETED -> 0 | DROPPED -> 1 | CANCELLED -> 2
  let code = function Trap -> trapped | Blocked -> blocked | Quiet -> 0 | Done r -> code_of r
  let side f x = match x with R -> f.rd | W -> f.wr
  let round () =
    let given = Random.bool () in
    ignore (c_future 0 (Bool.to_int given) 0 0);
    let f = ref init and byte = ref 0 in
    let over = ref false in
    let serial = ref (roll 200) in
    (* Both ends of the instance of `x`. *)
    let lost x = if given then [x] else [R; W] in
    let step_to name o x call =
      let f', a = step !f o in
      f := f';
      List.iter (fun v -> byte := v) a.given;
      if a.what = Trap then List.iter (fun y -> f := fst (step !f (OKill y))) (lost x);
      over := !over || (a.what = Trap && not given);
      let got = call () in
      agree "future" name (code a.what, [!byte]) (got, said ()) in
    let n = function R -> 0 | W -> 1 in
    let k = ref 0 in
    while !k < 30 && not !over do
      incr k;
      let x = if Random.bool () then R else W in
      let e = side !f x in
      match roll 12 with
      | 0 | 1 | 2 | 3 when (e.state = IDLE && not e.gone) || (folly () && not e.gone) ->
        incr serial;
        let v = !serial land 255 in
        (match x with
         | R -> step_to "read" ORead R (fun () -> c_future 1 0 0 0)
         | W -> step_to "write" (OWrite v) W (fun () -> c_future 2 1 v 0))
      | 4 | 5 | 6 when not e.gone -> step_to "event" (OEvent x) x (fun () -> c_future 3 (n x) 0 0)
      | 7 | 8 when (e.state = COPYING && not e.gone) || (folly () && not e.gone) ->
        step_to "cancel" (OCancel x) x (fun () -> c_future 4 (n x) 0 (roll 2))
      | 9 when not e.gone && ((x = R && e.state <> COPYING) || e.state = DONE || folly ()) ->
        step_to "drop" (ODrop x) x (fun () -> c_future 5 (n x) 0 0)
      | 10 when not e.gone && folly () ->
        List.iter (fun y -> f := fst (step !f (OKill y))) (lost x);
        over := !over || not given;
        let got = c_future 6 (n x) 0 0 in
        agree "future" "fault" (trapped, [!byte]) (got, said ())
      | _ -> ()
    done
end

module Guest_sets = struct
  open Guest_set_model
  let waitables = 6 and nsets = 3
  let all n = List.init n Fun.id
  let settle y =
    let table n f other = let a = Array.init n f in fun k -> if k < n then a.(k) else other k in
    let b = y.base in
    { base = { ws = table waitables b.ws b.ws; members = table nsets b.members b.members;
               waiting = table nsets b.waiting b.waiting; sets_gone = table nsets b.sets_gone b.sets_gone };
      line = table nsets y.line y.line }
  let state y =
    List.map (fun w -> Bool.to_int (y.base.ws w).pending) (all waitables)
    @ List.concat (List.map (fun s -> if y.base.sets_gone s then [-1; -1]
                                      else [List.length (y.base.members s); y.base.waiting s]) (all nsets))

  let round () =
    ignore (c_sets 0 0 0 0);
    let y = ref init0 in
    let apply o =
      let y', a = step0 !y o in
      y := settle y';
      match a with Quiet -> 0, [] | Trap -> trapped, [] | Told (w, n, _) -> 1, [w; n] in
    let compare_with name (status, says) call =
      let got = call () in
      agree "guest_set" name (status, if status = trapped then [] else says @ state !y) (got, said ());
      if status = trapped then raise Exit in
    let step_to name o call = compare_with name (apply o) call in
    let tick () =
      let sets = List.filter (fun s -> !y.line s <> [] && !y.base.waiting s > 0) (all nsets) in
      let alone = List.filter (fun w -> (!y.base.ws w).sync && (!y.base.ws w).pending) (all waitables) in
      let got = c_sets 9 0 0 0 in
      let answer = said () in
      let expected = match got, answer with
        | 1, _ :: _ :: s :: _ when List.mem s sets ->
          ignore (apply (Do (OUnwait s)));
          let _, says = apply (FirstOf s) in 1, says @ [s]
        | 2, w :: _ when List.mem w alone ->
          ignore (apply (Do (OUnsync w)));
          let _, says = apply (Do (ODirect w)) in 2, says @ [-1]
        | _ -> (if sets = [] && alone = [] then 0 else 1), [] in
      agree "guest_set" "tick" (fst expected, snd expected @ state !y) (got, answer) in
    for _ = 1 to 120 do
      let w = roll waitables and s = roll nsets in
      let a = !y.base.ws w in
      let usable = not a.gone && not a.sync in
      let waiting = List.fold_left (fun n s -> n + !y.base.waiting s) 0 (all nsets) in
      match roll 24 with
      | 0 | 1 | 2 | 3 | 4 | 5 -> step_to "post" (Do (OPost w)) (fun () -> c_sets 1 w 0 0)
      | 6 | 7 | 8 when (usable && not (!y.base.sets_gone s)) || folly () ->
        step_to "join" (Do (OJoin (w, Some s))) (fun () -> c_sets 2 w s 0)
      | 9 when usable || folly () -> step_to "leave" (Do (OJoin (w, None))) (fun () -> c_sets 2 w nsets 0)
      | 10 | 11 | 12 when not (!y.base.sets_gone s) -> step_to "poll" (FirstOf s) (fun () -> c_sets 3 0 s 0)
      | 13 when usable && a.pending -> step_to "direct" (Do (ODirect w)) (fun () -> c_sets 4 w 0 0)
      | 14 when not a.pending && ((usable && a.set = None) || folly ()) ->
        let status, says = apply (Do (OSync w)) in
        compare_with "sync" ((if status = trapped then trapped else blocked), says) (fun () -> c_sets 5 w 0 0)
      | 15 | 16 | 17 when waiting < 6 && (not (!y.base.sets_gone s) || folly ()) ->
        let status, says = if !y.line s = [] then apply (Do (OWait s)) else apply (FirstOf s) in
        compare_with "wait" ((if status = 0 then blocked else status), says) (fun () -> c_sets 6 0 s 0)
      | 18 when (roll 6 = 0 && usable && not a.pending) || folly () ->
        step_to "drop" (Do (ODrop w)) (fun () -> c_sets 7 w 0 0)
      | 19 when (roll 6 = 0 && !y.base.members s = [] && !y.base.waiting s = 0 && not (!y.base.sets_gone s)) || folly () ->
        step_to "drop set" (Do (ODropSet s)) (fun () -> c_sets 8 0 s 0)
      | _ -> tick ()
    done
end

let modules = ["instance", Instances.round; "future", Futures.round; "guest_set", Guest_sets.round]
