(* SPDX-License-Identifier: Apache-2.0 *)
(* The models of the component runtime beside src/component: the built-ins are called as code of small instances. *)

open Common

external c_stream : int -> int -> int -> int -> int = "oracle_stream"
external c_future : int -> int -> int -> int -> int = "oracle_future"
external c_sets : int -> int -> int -> int -> int = "oracle_sets"
external c_calls : int -> int -> int -> int -> int = "oracle_calls"

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
      let state = (side !w x).state and there = not (side !w x).gone || folly () in
      match roll 26 with
      | n when n < 9 && ((state = IDLE && there) || folly ()) ->
        let n = (match roll 6 with 0 | 1 -> 0 | 2 -> roll (2 + bytes / size) | _ -> roll 5) in
        let p = if folly () || n * size > bytes then roll (bytes + 4) else roll (bytes + 1 - n * size) in
        let y = roll 5 = 0 in
        (match x with
         | R -> step_to "read" (IRead (i, p, n, y)) (fun () -> c_stream 1 (who ~sync:y i R) p n)
         | W -> step_to "write" (IWrite (i, p, n, y)) (fun () -> c_stream 2 (who ~sync:y i W) p n))
      | n when n < 14 && not (waits x) && there -> step_to "event" (IEvent (i, x)) (fun () -> c_stream 3 (who i x) 0 0)
      | 14 | 15 when (state = COPYING && not (waits x)) || folly () ->
        step_to "cancel" (ICancel (i, x)) (fun () -> c_stream 4 (who ~sync:(Random.bool ()) i x) 0 0)
      | 16 when (state <> COPYING && there && roll 4 = 0) || folly () ->
        step_to "drop" (IDrop (i, x)) (fun () -> c_stream 5 (who i x) 0 0)
      | 17 | 18 when (x = R && state = IDLE && there) || folly () ->
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

module Calls = struct
  open Task_model
  let calls = 6 and most = 65535
  let number = function
    | Starting -> 0 | Started -> 1 | Returned -> 2 | CancelledBeforeStarted -> 3 | CancelledBeforeReturned -> 4
  let seen = function
    | Starts t -> [1; t] | Resolves (t, s) -> [2; t; number s] | Reaches t -> [3; t] | Tells (t, s) -> [4; t; number s]
    | Trap -> []
  (* Where a task's own thread is: in its code, or between two runs of its callback, with or without a set to wait on. *)
  type place = Nowhere | Entry | Inside | Between of bool

  let round () =
    let pressure = (match roll 10 with 0 -> most - roll 3 | 1 -> 1 | _ -> 0) in
    ignore (c_calls 0 pressure 0 0);
    let x = ref { init with pressure } in
    let place = Array.make calls Nowhere and called = Array.make calls false and dropped = Array.make calls false in
    let locked = Array.make calls false and listens = Array.make calls false and posted = Array.make calls false in
    let joined = Array.make calls false in (* The subtask is in a set of the caller. *)
    let asleep = Array.make calls false in (* The caller waits for the end of what it asked to cancel. *)
    let trap = ref false in
    let run o =
      let x', l = step most !x o in
      let a = Array.init calls x'.tasks in
      x := { x' with tasks = fun t -> if t < calls then a.(t) else None };
      trap := !trap || List.mem Trap l;
      List.concat_map seen l in
    let task t = Option.get (!x.tasks t) in
    let free t = match !x.holder with None -> true | Some u -> u = t in
    let state () =
      let one t = if called.(t) && not dropped.(t)
        then let a = task t in [number a.sub0; Bool.to_int a.event; Bool.to_int a.told] else [] in
      List.concat_map one (List.init calls Fun.id) @ [Option.value !x.holder ~default:(-1); !x.pressure] in
    let compare_with name status says (got, answer) =
      let status = if !trap then trapped else status in
      agree "task" name (status, if !trap then [] else says @ state ()) (got, if !trap then [] else answer);
      if !trap then raise Exit in
    let call_c op t what listen = let got = c_calls op t what (Bool.to_int listen) in got, said () in
    (* The task's code suspends itself, and listens or not: a cancellation that waits is told now. *)
    let suspends t listen =
      place.(t) <- Inside;
      listens.(t) <- listen;
      if listen then run (OPoll t) else [] in
    let again t listen =
      let l = run (OAgain t) in
      let l = l @ (if !x.holder = Some t then [5; t] else []) in
      l @ suspends t listen in
    let enabled t = match place.(t) with
      | Entry -> not (closed !x locked.(t))
      | Between waits -> !x.holder = None && (not waits || posted.(t))
      | _ -> false in
    let tick listen =
      let told t = asleep.(t) && (task t).event in
      let some = List.exists (fun t -> enabled t || told t) (List.init calls Fun.id) in
      let got, answer = call_c 2 0 0 listen in
      let says = match answer with
        | 1 :: t :: _ when got = 1 && t < calls && place.(t) = Entry ->
          let l = run (OEnter t) in l @ (if l = [] then [] else suspends t listen)
        | 5 :: t :: _ when got = 1 && t < calls && enabled t ->
          if place.(t) = Between true then posted.(t) <- false;
          again t listen
        | 4 :: t :: _ when got = 1 && t < calls && told t -> asleep.(t) <- false; run (OTake t)
        | _ -> [] in
      compare_with "tick" (Bool.to_int some) says (got, answer) in
    let command t what listen =
      let says = match what with
        | 1 -> let l = run (OReturn t) in l @ suspends t listen
        | 2 -> let l = run (OCancelled t) in l @ suspends t listen
        | 3 -> place.(t) <- Nowhere; run (OLeave t)
        | 4 | 5 ->
          let l = run (OLet t) in
          if (task t).ts = PENDING_CANCEL then let l' = run (OPoll t) in l @ l' @ again t listen
          else (place.(t) <- Between (what = 5); l)
        | 7 -> trap := true; [] (* No such callback code. *)
        | 6 -> let l = run (OPoll t) in if l = [] then posted.(t) <- false; l @ suspends t listen
        | _ -> suspends t listen in
      compare_with "command" 0 says (call_c 3 t what listen) in
    let ask t wait listen =
      let before = (task t).ts and between = (match place.(t) with Between _ -> true | _ -> false) in
      let hears = (between || (place.(t) = Inside && listens.(t))) && (not locked.(t) || free t) in
      let l = if wait && joined.(t) then (trap := true; []) else run (OAsk (t, hears)) in
      let more =
        if !trap then []
        else if before = INITIAL then (place.(t) <- Nowhere; [])
        else if before = STARTED && hears then (if between then again t listen else suspends t listen)
        else [] in
      if wait && not !trap && not (task t).told then begin
        asleep.(t) <- true;
        ignore (run (OTake t)) (* What it knew already is not what it waits for. *)
      end;
      compare_with "ask" 0 (l @ more) (call_c 4 t (Bool.to_int wait) listen) in
    for _ = 1 to 70 do
      let t = roll calls and listen = roll 3 = 0 in
      let there = called.(t) && not dropped.(t) in
      match roll 24 with
      | 0 | 1 | 2 when not called.(t) ->
        called.(t) <- true;
        locked.(t) <- roll 3 > 0;
        let l = run (OCall (t, locked.(t))) in
        let l = if l = [] then (place.(t) <- Entry; l) else
            let l' = suspends t listen in
            ignore (run (OTake t)); (* The call itself tells that it has started. *)
            l @ l' in
        compare_with "call" 0 (l @ [number (task t).sub0]) (call_c 1 t (Bool.to_int locked.(t)) listen)
      | 3 | 4 | 5 | 6 | 7 | 8 | 9 when place.(t) = Inside ->
        let ts = (task t).ts in
        let what = (match roll 8 with
            | 0 when ts <> RESOLVED || folly () -> 1
            | 1 when ts = CANCEL_DELIVERED || folly () -> 2
            | 2 when ts = RESOLVED || folly () -> 3
            | 3 | 4 when locked.(t) -> if folly () && folly () then 7 else 4 + roll 2
            | 5 -> 6
            | _ -> 0) in
        command t what listen
      | 10 | 11 when there && ((not (task t).asked && not (task t).told) || folly ()) ->
        ask t (roll 3 = 0 && (not joined.(t) || folly ())) listen
      | 12 | 13 | 14 when there && not asleep.(t) ->
        let had = (task t).event and state = number (task t).sub0 in
        ignore (run (OTake t));
        joined.(t) <- false;
        compare_with "take" 0 (if had then [state] else []) (call_c 5 t 0 false)
      | 15 when there && ((task t).told || folly ()) ->
        trap := not (task t).told;
        dropped.(t) <- not !trap;
        compare_with "drop" 0 [] (call_c 6 t 0 false)
      | 16 when !x.pressure < 2 || !x.pressure > most - 3 || folly () -> ignore (run OInc); compare_with "inc" 0 [] (call_c 7 0 0 false)
      | 17 | 18 when !x.pressure > 0 || folly () -> ignore (run ODec); compare_with "dec" 0 [] (call_c 8 0 0 false)
      | 20 when there && (not asleep.(t) || folly ()) ->
        trap := asleep.(t);
        joined.(t) <- true;
        compare_with "join" 0 [] (call_c 10 t 0 false)
      | 19 -> posted.(t) <- true; compare_with "post" 0 [] (call_c 9 t 0 false)
      | _ -> tick listen
    done
end

let modules = ["instance", Instances.round; "future", Futures.round; "guest_set", Guest_sets.round; "task", Calls.round]
